"""The portal's protections, taken away one by one, to prove that the races would notice.

Without locks there is a pause between each check and the write that relies on it, so that whoever
comes second always slips in between: a proof must not depend on luck.
"""

import time
from contextlib import ExitStack, contextmanager, nullcontext
from types import SimpleNamespace
from unittest.mock import patch

from django.db import connection
from django.db.models import QuerySet

from portal import guards
from portal.models import Slot
from portal.services import appointments, availability

PAUSE = 0.6  # seconds; many times what a request takes


@contextmanager
def without(*protections: str):
    """Within it this process runs without those protections; the names are those of `_patches`."""
    with ExitStack() as stack:
        for protection in protections:
            for target, name, substitute in _patches(protection):
                stack.enter_context(patch.object(target, name, substitute))
        yield


def _patches(protection: str) -> list[tuple]:
    autocommit = SimpleNamespace(atomic=nullcontext)
    return {
        # Transactions and row locks are one protection: SQLite locks by running them one by one.
        "locks": [
            (appointments, "transaction", autocommit),
            (availability, "transaction", autocommit),
            (QuerySet, "select_for_update", lambda queryset, **_options: queryset),
            _paused(appointments, "_check_patient_is_free"),
            _paused(appointments, "_check_cancellable"),
            _paused(availability, "_slots_in"),
        ],
        "conditional take": [(appointments, "_take", _take_in_any_case)],
        "conditional withdrawal": [(availability, "_withdraw", _withdraw_in_any_case)],
        "token": [(appointments, "_made_by_same_form", lambda *_arguments: None)],
    }[protection]


def _paused(module, name: str) -> tuple:
    check = getattr(module, name)

    def check_and_pause(*arguments, **options):
        result = check(*arguments, **options)
        time.sleep(PAUSE)
        return result

    return module, name, check_and_pause


def _take_in_any_case(slot: Slot) -> None:
    Slot.objects.filter(pk=slot.pk).update(state="taken")


def _withdraw_in_any_case(slots: list[Slot]) -> list[Slot]:
    for slot in slots:
        Slot.objects.filter(pk=slot.pk).update(state="withdrawn")
    return slots


def drop_constraints() -> None:
    """Let the database hold anything: what is left is the portal's own care."""
    indexes = ("slot_once_per_doctor", "appointment_once_per_slot", "appointment_once_per_patient")
    with connection.cursor() as cursor:
        for name in indexes:
            cursor.execute(f"DROP INDEX {name}")
        for table, (name, *_rest) in guards.NO_OVERLAP.items():
            if connection.vendor == "postgresql":
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            else:
                cursor.execute(f"DROP TRIGGER {name}_insert")
                cursor.execute(f"DROP TRIGGER {name}_update")
