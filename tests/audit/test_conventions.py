"""Whatever changes something is recorded, and admins can read what (F01)."""

import ast
from pathlib import Path

from django.apps import apps

from portal.audit.rows.words import VERBS, kinds
from portal.audit.things import THINGS
from tests.test_conventions import PORTAL, SERVICES, WRITES

# Services that write and record nothing, each with the reason; all others call `audit.record`.
UNRECORDED = {
    "staff_doctors": "a tool of services that record",
    "bulk_changes": "a tool of services that record",
    "checking": "what the worker finds in a file; nothing of the clinic's changes",
    "closing_days": "a tool of services that record",
    "attempts": "counters, which expire",
    "delivery": "what became of a message is kept with the message",
    "exports": "is itself a record",
    "access": "is itself a record",
    "audit": "is itself a record",
    "sealing": "seals the records",
    "holding": "a tool of services that record",
    "inbox": "a reader's own marks",
    "licences": "a tool of services that record",
    "making": "a tool of services that record",
    "merging": "which messages stand; the change itself is recorded",
    "notifications": "messages are a ledger of their own",
    "recovery": "takes work over; what the work does is recorded",
    "reports": "what providers report is kept with the message",
    "seen_sessions": "signs of life of a session",
    "setup_notices": "a mark of the program's",
    "workers": "signs of life",
}

# Models to which nothing is recorded, each with the reason; all others have a name in THINGS.
NEVER_DONE_TO = {
    "assistant": "recorded with the user",
    "attemptcount": "a counter, which expires",
    "correction": "recorded with the note",
    "signednote": "recorded with the note",
    "auditseal": "seals the records",
    "calendardomain": "drawn once",
    "calendarfeed": "recorded with the user",
    "firstadminlink": "recorded with the settings",
    "importrow": "recorded with the import and the patient",
    "knownaddress": "expires",
    "linkcode": "recorded with the user",
    "patientorigin": "recorded with the patient",
    "patientphone": "recorded with the patient",
    "periodicjob": "the program's own",
    "review": "only read so far",
    "setupnotice": "the program's own",
    "worker": "the program's own",
}


def calls_of(path: Path) -> set[str]:
    return {
        ast.unparse(node.func)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
    }


def test_F01_services_that_write_record_it():
    writing = {path for path in SERVICES if WRITES.search(path.read_text())}
    silent = {path.stem for path in writing if "audit.record" not in calls_of(path)}

    assert len(writing) > 20
    assert silent - set(UNRECORDED) == set()


def test_F01_services_are_excused_for_something():
    writing = {path.stem for path in SERVICES if WRITES.search(path.read_text())}
    named = {"audit", "access", "exports", "sealing"}

    assert set(UNRECORDED) - writing - named == set()


def verbs_in(path: Path) -> set[str]:
    """The verbs that a file records, as far as they are written out."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return {
        call.args[0].value
        for call in calls
        if ast.unparse(call.func) in ("audit.record", "audit.insert", "_record")
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def test_F01_every_recorded_verb_has_words():
    """portal/audit/rows/words.py: what admins read, and may filter by."""
    recorded = {verb for path in PORTAL.rglob("*.py") for verb in verbs_in(path)}

    assert len(recorded) > 20
    assert recorded - set(VERBS) == set()


def test_F01_every_audited_model_has_a_plain_name():
    """portal/audit/things.py. What a test records is checked by tests/plugins/audited.py."""
    models = {one._meta.model_name for one in apps.get_app_config("portal").get_models()}

    assert models - set(THINGS) - set(NEVER_DONE_TO) == set()
    assert set(NEVER_DONE_TO) - models == set()
    assert set(NEVER_DONE_TO) & set(THINGS) == set()


def test_F01_names_of_things_are_told_apart():
    assert len(set(kinds().values())) == len(THINGS)
