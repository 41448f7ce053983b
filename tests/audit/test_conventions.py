"""Whatever changes something is recorded, and admins can read what (F01)."""

import ast
from pathlib import Path

from portal.audit.rows.words import VERBS
from tests.test_conventions import PORTAL, SERVICES, WRITES

# Services that write and record nothing, each with the reason; all others call `audit.record`.
UNRECORDED = {
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
