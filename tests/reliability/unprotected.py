"""The portal's protections, taken away one by one, to prove that the races would notice.

Without locks something is done between each check and the write that relies on it, so that whoever
comes second always slips in between: a proof must not depend on luck.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch
from uuid import uuid4

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from portal.accounts import adapter, page_limits
from portal.accounts.services import attempts, factor_codes, guessing, linking
from portal.accounts.services.attempts import Limit
from portal.appointments.services import (
    appointments,
    holding,
    making,
    obstacles,
    requests,
    same_form,
)
from portal.database import guards
from portal.desk.services import walk_ins
from portal.diary.services import availability, transfers
from portal.models import AttemptCount, Slot
from portal.own_data.services import preparing
from tests.reliability.pairs import KEYS_TOO

PATIENCE = 30  # seconds


def meet() -> None:
    """Wait, in any process of this portal, until a second request is between check and write."""
    here = Path(settings.VAR_DIR) / "between"
    here.mkdir(exist_ok=True)
    (here / str(uuid4())).touch()
    deadline = time.monotonic() + PATIENCE
    while len(list(here.iterdir())) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)


@contextmanager
def without(*protections: str, between: Callable[[], object] = meet):
    """Within it this process runs without those protections; the names are those of `_patches`."""
    with ExitStack() as stack:
        for protection in protections:
            for target, name, substitute in _patches(protection, between):
                stack.enter_context(patch.object(target, name, substitute))
        yield


@contextmanager
def between(module, check: str, action: Callable[[], object]):
    """Nothing is taken away; the action is done whenever that check of a service has passed."""
    with patch.object(module, check, _then(action, getattr(module, check))):
        yield


def _patches(protection: str, between: Callable[[], object]) -> list[tuple]:
    autocommit = SimpleNamespace(atomic=nullcontext)
    checks = [
        (obstacles, "check_patient_is_free"),
        (appointments, "_check_cancellable"),
        (availability, "_slots_in"),
        (transfers, "_place"),
        (walk_ins, "_check_diary"),
        (requests, "_check_answerable"),
        (preparing, "_known"),
    ]
    return {
        # Transactions and row locks are one protection: SQLite locks by running them one by one.
        "locks": [
            (appointments, "transaction", autocommit),
            (same_form, "transaction", autocommit),
            (availability, "transaction", autocommit),
            (transfers, "transaction", autocommit),
            (requests, "transaction", autocommit),
            (walk_ins, "transaction", autocommit),
            (preparing, "transaction", autocommit),
            (QuerySet, "select_for_update", lambda queryset, **_options: queryset),
            # The unique key of what people are told would refuse a second cancellation too.
            (making.notifications, "tell", lambda *_told, **_facts: []),
            *((module, name, _then(between, getattr(module, name))) for module, name in checks),
        ],
        "keys": [KEYS_TOO],
        "conditional take": [(holding, "take_open", _take_in_any_case)],
        "conditional withdrawal": [(availability, "_withdraw_free", _withdraw_in_any_case)],
        "token": [(same_form, "appointment_of", lambda *_arguments, **_by: None)],
        "password count": [_take_late(guessing.PER_ACCOUNT_AND_ADDRESS, between)],
        "code count": [_take_late(factor_codes.SOON, between)],
        "link code count": [(linking, "_count_try", partial(_try_late, between=between))],
        "address": [
            (module, "client_address", _claimed_address) for module in (adapter, page_limits)
        ],
    }[protection]


def _then(between: Callable[[], object], check: Callable) -> Callable:
    def check_and_then(*arguments, **options):
        result = check(*arguments, **options)
        between()
        return result

    return check_and_then


def _take_in_any_case(slot: Slot) -> None:
    Slot.objects.filter(pk=slot.pk).update(state="taken")


def _withdraw_in_any_case(slots: list[Slot]) -> list[Slot]:
    for slot in slots:
        Slot.objects.filter(pk=slot.pk).update(state="withdrawn")
    return slots


def _take_late(raced: Limit, between: Callable[[], object]) -> tuple:
    """Of that limit, two who read the same count write the same count."""
    exact = attempts.take

    def take(limit: Limit, *subject: object) -> bool:
        if limit is not raced:
            return exact(limit, *subject)
        key, now = attempts._digest(limit.name, *subject), timezone.now()
        row = AttemptCount.objects.filter(key=key, ends_at__gt=now).first()
        count, ends_at = (row.count, row.ends_at) if row else (0, now + limit.within)
        if count >= limit.most:
            return False
        between()
        counted = {"count": count + 1, "ends_at": ends_at}
        AttemptCount.objects.update_or_create(key=key, defaults=counted)
        return True

    return attempts, "take", take


def _try_late(valid: QuerySet, *, between: Callable[[], object]) -> bool:
    tried = valid.get().attempts
    if tried >= linking.MOST_TRIES:
        return False
    between()
    return bool(valid.update(attempts=tried + 1))


def _claimed_address(request) -> str:
    return request.headers["X-Forwarded-For"].partition(",")[0]


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
