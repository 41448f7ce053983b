"""The house keeps its own rules. docs/architecture.md says why they are there."""

import ast
import re
from pathlib import Path

from portal.notifications.registry import EVENTS

ROOT = Path(__file__).resolve().parent.parent
PORTAL = ROOT / "portal"
TEMPLATES = ROOT / "templates"

PYTHON = [
    path
    for folder in ("clinic", "portal", "tests")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
]
PAGES = sorted(TEMPLATES.rglob("*.html"))
OURS = [path for path in PAGES if "email" not in path.parts and "emails" not in path.parts]
SERVICES = [path for path in PORTAL.rglob("services/*.py") if path.stem != "__init__"]
# What only reads: these layers of every package, and what they share.
READERS = [
    path
    for pattern in ("views/*.py", "forms/*.py", "queries/*.py", "rows/*.py", "rules.py")
    for path in [*PORTAL.rglob(pattern), *(PORTAL / "web").rglob("*.py")]
]
# Services' own tools, which have no acting user of their own.
TOOLS = {
    "appointments.cancel_until",
    "attendance.answer_url",
    "attendance.named_in",
    "asking.of_token",
    "asking.token",
    "attempts.clear",
    "attempts.give_back",
    "attempts.is_known",
    "attempts.remember",
    "attempts.take",
    "authority.demand",
    "broadcasts.spread",
    "factor_codes",
    "factor_secrets.decrypt",
    "factor_secrets.encrypt",
    "bulk_changes.restorable",
    "calendar_feeds.can_have",
    "calendar_entries",
    "calendar_feeds.of",
    "calendar_feeds.owner_of",
    "calendar_feeds.token",
    "calendar_feeds.token_of",
    "calendars.download",
    "calendars.feed",
    "calendars.invitation",
    "closing_days.effect_of_closing",
    "closing_days.effect_of_opening",
    "closing_days.lock_diaries",
    "closures.check_slot",
    "closures.refuse",
    "delivery.deliver",
    "delivery.task_of",
    "hours_slots.slots_of",
    "children.youngest_adult",
    "declining",
    "document.compiled",
    "document.fonts",
    "document.pdf",
    "labels.label_of",
    "printing.printed",
    "holding",
    "inbox.take_back",
    "making",
    "moving",
    "obstacles",
    "invitations.of_token",
    "invitations.token",
    "leaving.coming",
    "leaving.coming_of",
    "merged_rows",
    "merging.any_stands",
    "merging.follow",
    "merging.not_before",
    "merging.renew",
    "message_details",
    "offering.facts_of",
    "offering.offer",
    "patient_merges.check_mergeable",
    "person",
    "personal_data",
    "preferences.events_for",
    "series_mail.any_stands",
    "series_mail.renew",
    "preferences.read_unsubscribe_token",
    "preferences.unsubscribe_token",
    "queue.later",
    "reviews.age_to_review",
    "same_form.once",
    "segments.fitted",
    "segments.segments",
    "segments.shortened",
    "wording.email",
    "wording.letterhead",
    "wording.message_id",
    "wording.name_and_address",
    "wording.page",
    "wording.sender",
    "wording.short",
    "wording.title",
    "wording.url",
    "workers.beat",
    "workers.begin",
    "workers.finish",
    "workers.join",
    "workers.know_jobs",
    "workers.leave",
}
NAMELESS = {"utils", "util", "helpers", "helper", "common", "mixins", "misc", "managers2"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions_of(path: Path) -> list[ast.FunctionDef]:
    tree = ast.parse(path.read_text())
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def public_functions(path: Path) -> list[ast.FunctionDef]:
    return [
        node
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


def lines_where(paths: list[Path], pattern: re.Pattern) -> list[str]:
    """`file:line: text` of every line that the pattern finds."""
    return [
        f"{name_of(path)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if pattern.search(line)
    ]


def test_what_is_checked_is_found():
    """A pattern that finds no file would let everything pass."""
    packages = {path.parent.parent.name for path in SERVICES}

    assert {"accounts", "appointments", "diary", "notifications"} <= packages
    assert len(READERS) > 100
    assert len(PYTHON) > 500
    assert len(OURS) > 150


def test_files_and_functions_are_short_enough_to_read():
    long = [
        f"{name_of(path)}: {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for path in PYTHON
        for node in functions_of(path)
        if node.end_lineno - node.lineno + 1 > 60
    ]
    long += [name_of(path) for path in PYTHON if len(path.read_text().splitlines()) > 400]

    assert long == []


def test_templates_are_short_enough_to_read():
    most = {path: 60 if path.name.startswith("_") else 150 for path in PAGES}

    assert [name_of(p) for p in PAGES if len(p.read_text().splitlines()) > most[p]] == []


def test_no_template_line_is_over_160_characters():
    assert lines_where(PAGES, re.compile(r".{161}")) == []


def test_modules_are_named_after_what_is_in_them():
    assert [name_of(path) for path in PYTHON if path.stem in NAMELESS] == []


def test_urls_fit_on_a_map():
    long = [path for path in PORTAL.rglob("urls.py") if len(path.read_text().splitlines()) > 150]

    assert long == []


def test_services_say_who_acts_and_what_they_do():
    wrong = []
    for path in SERVICES:
        for function in public_functions(path):
            name = f"{path.stem}.{function.name}"
            if not ast.get_docstring(function):
                wrong.append(f"{name} has no docstring")
            if path.stem in TOOLS or name in TOOLS:
                continue
            if "by" not in {argument.arg for argument in function.args.kwonlyargs}:
                wrong.append(f"{name} does not take by=")
            if len(function.args.args) > 2:
                wrong.append(f"{name}: keywords after the subject")

    assert wrong == []


WRITES = re.compile(
    r"\.(save|create|bulk_create|bulk_update|update_or_create|get_or_create|delete)\("
    r"|\.update\(\w+=|\.state = (?!')"
)


def test_only_services_write():
    assert lines_where(READERS, WRITES) == []


def test_states_of_appointments_are_set_from_the_table_only():
    """In services a state comes from TRANSITIONS, or an appointment is created with its first."""
    assert lines_where(SERVICES, re.compile(r"appointment\.state = (?!TRANSITIONS\[)")) == []


def strings_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}


def test_only_its_declaration_knows_an_event_by_name():
    """notifications/events.py declares what the clinic writes; the rest asks declarations."""
    machinery = set((PORTAL / "notifications").rglob("*.py"))
    machinery -= {PORTAL / "notifications" / "events.py"}

    assert EVENTS
    assert machinery
    assert [name_of(path) for path in machinery if strings_of(path) & set(EVENTS)] == []


def told_in(path: Path) -> list[str]:
    """The names of the events that a file tells of, as far as they are written out."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return [
        call.args[0].value
        for call in calls
        if ast.unparse(call.func).rpartition(".")[2] in ("tell", "tell_each")
        and call.args
        and isinstance(call.args[0], ast.Constant)
    ]


def test_what_is_told_is_declared():
    told = {name for path in PORTAL.rglob("*.py") for name in told_in(path)}

    assert len(told) > 5
    assert told <= set(EVENTS)


def test_texts_are_of_declared_events():
    """Those whose mails are ready-made have none."""
    folders = {path.parent.name for path in (TEMPLATES / "notifications").glob("*/subject.txt")}

    assert folders == {event.name for event in EVENTS.values() if not event.ready_made}


# Which day it is depends on the office: two modules say it, and all others ask them.
SERVERS_DATE = re.compile(
    r"now(\(\))?\.(date|year|month|day)\b|localdate|localtime\(|date\.today|datetime\.now|utcnow"
    r"|now(\(\))?\.astimezone\([^()]*\)\.(date|year|month|day)\b"
)
SAY_THE_DAY = {"portal/clock/today.py", "portal/models/office.py"}


def test_no_code_takes_the_servers_date():
    asking = [
        path
        for path in PYTHON
        if PORTAL in path.parents and name_of(path) not in SAY_THE_DAY and "demo" not in path.parts
    ]

    assert lines_where(asking, SERVERS_DATE) == []


TAG = re.compile(r"(?<!\?P)</?[a-z][a-z0-9-]*(?=[\s>/])|<[a-z]+$", re.IGNORECASE)
# Strings of Python with a tag, each with the reason; an HTML tag is written in a template.
WITH_A_TAG: dict[str, str] = {}


def docstrings_of(tree: ast.AST) -> set[int]:
    """The ids of the nodes of those strings that stand alone, as docstrings do."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def tags_in(source: str) -> list[str]:
    """The strings, parts of f-strings too, in which an HTML tag is written."""
    tree = ast.parse(source)
    documentation = docstrings_of(tree)
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documentation
        and TAG.search(node.value)
    ]


def test_python_writes_no_html():
    found = {
        f"{name_of(path)}: {text}"
        for path in PYTHON
        if PORTAL in path.parents
        for text in tags_in(path.read_text())
    }

    assert found == set(WITH_A_TAG)


def test_html_in_python_is_found():
    assert tags_in('a = f"<b>{x}</b>"') == ["<b>", "</b>"]
    assert tags_in("a = '<a href=\"{}\">'.format(x)") == ['<a href="{}">']
    assert (
        tags_in('def a():\n    """Makes a `<b>`."""\n    return "1 < 2, <int:pk>, (?P<d>)"') == []
    )


IGNORE = re.compile(r"# (?:noqa|type: ignore)\b.*")
REASONED = re.compile(r"# (?:noqa: [A-Z0-9, ]+|type: ignore\[[a-z-]+\]) +[(–#] ?\w.*")


def test_what_is_ignored_has_a_reason():
    assert [
        f"{name_of(path)}: {found}"
        for path in [*PYTHON, ROOT / "dev", ROOT / "manage.py"]
        if path != Path(__file__)
        for found in IGNORE.findall(path.read_text())
        if not REASONED.fullmatch(found)
    ] == []


INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=\"|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE
)


def test_templates_have_no_inline_script_or_style():
    assert [name_of(path) for path in OURS if INLINE.search(path.read_text())] == []


HTMX = re.compile(r"<[a-z]+\s[^>]*hx-(?:get|post)=[^>]*>")


def test_htmx_only_quickens_what_works_without_it():
    tags = [tag for path in OURS for tag in HTMX.findall(path.read_text())]

    assert tags
    assert [tag for tag in tags if not re.search(r"\s(href|action|formaction)=", tag)] == []


def test_every_template_is_used():
    """Those of allauth's names and of the error handlers are found by their path alone."""
    found_by_path = (
        "account/",
        "mfa/",
        "usersessions/",
        "allauth/",
        "400",
        "403",
        "404",
        "429",
        "500",
    )
    sources = "\n".join(
        path.read_text() for path in [*PYTHON, *PAGES, *TEMPLATES.rglob("*.txt")] if path.is_file()
    )
    unused = [
        str(path.relative_to(TEMPLATES))
        for path in PAGES
        if not str(path.relative_to(TEMPLATES)).startswith(found_by_path)
        and f'"{path.relative_to(TEMPLATES)}' not in sources
    ]

    assert unused == []


def test_every_static_file_of_ours_is_used():
    sources = "\n".join(path.read_text() for path in PAGES)
    ours = [*(ROOT / "static/css").glob("*.css"), *(ROOT / "static/js").glob("*.js")]

    assert [path.name for path in ours if path.name not in sources] == []
