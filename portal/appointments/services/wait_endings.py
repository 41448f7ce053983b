"""Ending entries of the waiting list because the doctor they wait for has left (B15, A02)."""

from django.db import transaction

from portal.appointments.queries.waits import for_withdrawn
from portal.appointments.services import offering
from portal.database.transactions import retried
from portal.enums import WaitState
from portal.models import Doctor, User, Wait
from portal.models.waitlist import WaitQuerySet
from portal.notifications.services import notifications


def end_all_of(doctor: Doctor, *, by: User) -> int:
    """End the entries for this doctor, for the doctor's times and for earlier ones than the
    doctor's appointments; the patients are told. Entries for a whole specialty stay.

    For use in the transaction that withdraws the approval, after the appointments are settled: what
    went to a colleague waits for the colleague. Conditional updates. Writes Waits, AuditEvents and
    Notifications. Returns how many were ended.
    """
    return sum(_end(wait, by=by) for wait in _loaded().of_doctor(doctor.pk))


def end_left_over(*, by: User | None) -> int:
    """The periodic job: the same for entries that were made while an approval was withdrawn. Each
    in a transaction of its own."""
    return sum(_ended(wait, by=by) for wait in for_withdrawn(_loaded()))


@retried
def _ended(wait: Wait, *, by: User | None) -> bool:
    with transaction.atomic():
        return _end(wait, by=by)


def _end(wait: Wait, *, by: User | None) -> bool:
    is_ended = offering.close_wait(wait, WaitState.ENDED, by=by)
    if is_ended:
        notifications.tell("wait_ended", about=wait, by=by)
    return is_ended


def _loaded() -> WaitQuerySet:
    """With all that the messages say, in the order of ids."""
    people = ("patient__user", "doctor", "slot__doctor", "appointment__doctor")
    return Wait.objects.waiting().select_related(*people).order_by("pk")
