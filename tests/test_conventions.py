"""The house keeps its own rules. docs/architecture.md says why they are there."""

import ast
import re
from pathlib import Path

import pytest

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
SERVICES = [path for path in (PORTAL / "services").glob("*.py") if path.stem != "__init__"]
# Services' own tools, which have no acting user of their own.
TOOLS = {
    "appointments.cancel_until",
    "attendance.answer_url",
    "attendance.named_in",
    "audit.record",
    "authority.demand",
    "broadcasts.spread",
    "bulk_changes.restorable",
    "calendar_feeds.can_have",
    "calendar_feeds.read",
    "calendar_feeds.token_of",
    "calendars.feed",
    "calendars.invitation",
    "closing_days.effect_of_closing",
    "closing_days.effect_of_opening",
    "closing_days.lock_diaries",
    "closures.check_slot",
    "closures.refuse",
    "delivery.deliver",
    "delivery.task_of",
    "letters.letter",
    "letters.lines",
    "letters.one_line",
    "letters.tidy",
    "merging.any_stands",
    "merging.follow",
    "merging.not_before",
    "merging.renew",
    "notifications.facts_of",
    "notifications.mail_account",
    "notifications.send",
    "offering.facts_of",
    "offering.offer",
    "preferences.events_for",
    "series_mail.any_stands",
    "series_mail.renew",
    "preferences.read_unsubscribe_token",
    "preferences.unsubscribe_token",
    "queue.later",
    "same_form.once",
    "segments.fitted",
    "segments.segments",
    "segments.shortened",
    "taking",
    "transfers.lock_doctors",
    "wording.calendar_feed",
    "wording.calendar_file",
    "wording.email",
    "wording.letterhead",
    "wording.message_id",
    "wording.page",
    "wording.sender",
    "wording.short",
    "wording.title",
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


@pytest.mark.parametrize("path", PYTHON, ids=name_of)
def test_files_and_functions_are_short_enough_to_read(path):
    long = [
        f"{node.name} has {node.end_lineno - node.lineno + 1} lines"
        for node in functions_of(path)
        if node.end_lineno - node.lineno + 1 > 60
    ]

    assert not long
    assert len(path.read_text().splitlines()) <= 400


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_templates_are_short_enough_to_read(path):
    most = 60 if path.name.startswith("_") else 150

    assert len(path.read_text().splitlines()) <= most


def test_modules_are_named_after_what_is_in_them():
    assert [name_of(path) for path in PYTHON if path.stem in NAMELESS] == []


def test_urls_fit_on_a_map():
    assert len((PORTAL / "urls.py").read_text().splitlines()) < 250


@pytest.mark.parametrize("path", SERVICES, ids=name_of)
def test_services_say_who_acts_and_what_they_do(path):
    for function in public_functions(path):
        keywords = {argument.arg for argument in function.args.kwonlyargs}
        if path.stem not in TOOLS and f"{path.stem}.{function.name}" not in TOOLS:
            assert "by" in keywords, f"{function.name} does not take by="
            assert len(function.args.args) <= 2, f"{function.name}: keywords after the subject"
        assert ast.get_docstring(function), f"{function.name} has no docstring"


WRITES = re.compile(
    r"\.(save|create|bulk_create|bulk_update|update_or_create|get_or_create|delete)\("
    r"|\.update\(\w+=|\.state = (?!')"
)
READERS = ("views", "forms", "queries", "rules", "templatetags")


@pytest.mark.parametrize(
    "path",
    [path for folder in READERS for path in (PORTAL / folder).rglob("*.py")],
    ids=name_of,
)
def test_only_services_write(path):
    lines = path.read_text().splitlines()

    assert [line for line in lines if WRITES.search(line)] == []


@pytest.mark.parametrize("path", SERVICES, ids=name_of)
def test_states_of_appointments_are_set_from_the_table_only(path):
    """In services a state comes from TRANSITIONS, or an appointment is created with its first."""
    assert re.findall(r"appointment\.state = (?!TRANSITIONS\[)", path.read_text()) == []


INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=\"|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE
)


@pytest.mark.parametrize("path", OURS, ids=name_of)
def test_templates_have_no_inline_script_or_style(path):
    assert INLINE.findall(path.read_text()) == []


@pytest.mark.parametrize("path", OURS, ids=name_of)
def test_htmx_only_quickens_what_works_without_it(path):
    for tag in re.findall(r"<[a-z]+\s[^>]*hx-(?:get|post)=[^>]*>", path.read_text()):
        assert re.search(r"\s(href|action|formaction)=", tag), tag


def test_every_template_is_used():
    """Those of allauth's names and of the error handlers are found by their path alone."""
    found_by_path = ("account/", "usersessions/", "allauth/", "400", "403", "404", "429", "500")
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
