"""Rows are locked in one place, and whatever opens a transaction is retried."""

import ast
import re
from pathlib import Path

import pytest
from django.db import transaction

from portal.models import Slot, locks
from tests.factories import PatientFactory, SlotFactory
from tests.plugins.lock_order import OutOfOrder

PORTAL = Path(__file__).resolve().parent.parent / "portal"
LOCKS = PORTAL / "models" / "locks.py"
SOURCES = [path for path in PORTAL.rglob("*.py") if "migrations" not in path.parts]
SERVICES = [path for path in SOURCES if "services" in path.parts]
# update_or_create locks FOR UPDATE by itself.
LOCKING = re.compile(r"select_for_update|update_or_create|\bFOR (NO KEY )?UPDATE\b")
OPENING = ("transaction.atomic", "_diary")
# A savepoint, and what only opens for those who are decorated themselves.
NOT_OUTERMOST = {
    "access.open_up",
    "accounts._save",
    "approvals._decided",
    "availability._diary",
    "invitations._insert",
    "licences.save",
}


def name_of(path: Path) -> str:
    return str(path.relative_to(PORTAL))


@pytest.mark.parametrize("path", [one for one in SOURCES if one != LOCKS], ids=name_of)
def test_rows_are_locked_by_the_locks_module_only(path):
    assert LOCKING.findall(path.read_text()) == []


def test_no_lock_stands_in_the_way_of_foreign_keys():
    """FOR UPDATE would make every transaction wait that has written a row which refers to it."""
    calls = re.findall(r"select_for_update\((.*?)\)", LOCKS.read_text())

    assert calls
    assert all("no_key=True" in call for call in calls)


@pytest.mark.parametrize("path", SERVICES, ids=name_of)
def test_whatever_opens_a_transaction_is_retried(path):
    """A function at the top of a service's module, whose nested ones belong to it."""
    top = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]
    open_ones = {one.name for one in top if _opens(one)}
    decorated = {one.name for one in top if "retried" in map(ast.unparse, one.decorator_list)}

    missing = open_ones - decorated
    assert {f"{path.stem}.{name}" for name in missing} <= NOT_OUTERMOST


@pytest.mark.django_db
@pytest.mark.parametrize("is_in_order", [True, False])
def test_each_test_watches_the_order_of_locks(is_in_order):
    slot, patient = SlotFactory(), PatientFactory()

    def lock():
        with transaction.atomic():
            if is_in_order:
                locks.slot(slot.pk)
            locks.patient(patient.pk, by=patient.user)
            locks.slot(slot.pk)

    if is_in_order:
        lock()
    else:
        with pytest.raises(OutOfOrder):
            lock()


@pytest.mark.django_db
def test_each_test_watches_the_order_of_updates():
    slot, patient = SlotFactory(), PatientFactory()

    def update():
        with transaction.atomic():
            locks.patient(patient.pk, by=patient.user)
            Slot.objects.filter(pk=slot.pk).update(note="Late")

    with pytest.raises(OutOfOrder):
        update()


def _opens(function: ast.FunctionDef) -> bool:
    used = [item.context_expr for node in ast.walk(function) for item in getattr(node, "items", ())]
    texts = map(ast.unparse, used + function.decorator_list)
    return any(text.removeprefix("availability.").startswith(OPENING) for text in texts)
