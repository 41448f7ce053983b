"""Undoing a change of many days as one (requirements B02, B03, B19)."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.diary.services import availability, holidays, hours, time_off
from portal.diary.services.bulk_changes import Undone, put_back, take_out
from portal.enums import BulkChangeKind
from portal.errors import StaleState
from portal.models import BulkChange, TimeOff, User, locks
from portal.permissions.authority import demand_diary_at


@retried
def undo(change: BulkChange, *, by: User) -> Undone:
    """Undo a change of many days in one transaction: times that it added are removed, and times
    that it removed are restored.

    Times that were booked since stay, and are named in `Undone.booked`. A time is not restored if
    something else is there now. Locks the doctor, or the office and all doctors; then slots. Writes
    what the change wrote, the BulkChange and an AuditEvent. Raises StaleState if it was undone
    before, or if all that it made is booked, Forbidden. Source: requirement B02.
    """
    with transaction.atomic():
        undone = _BY_KIND[BulkChangeKind(change.kind)](change, by=by)
        marked = BulkChange.objects.filter(pk=change.pk, undone_at=None)
        if not marked.update(undone_at=timezone.now()):
            raise StaleState(_("This was undone before."))
        audit.record(
            "undo",
            change.doctor or change.its_office,
            by=by,
            change=change.pk,
            kind=change.kind,
            removed=undone.gone,
            added=undone.back,
            kept=len(undone.booked),
        )
    return undone


@retried
def _copy(change: BulkChange, *, by: User) -> Undone:
    undone = Undone()
    with availability._diary(change.its_doctor, by=by) as doctor:
        demand_diary_at(by, doctor, change.its_office)
        locks.hold_slots([*change.added, *change.removed])
        take_out(change.added, undone, by=by)
        put_back(change.removed, undone, by=by)
    if undone.booked and not undone.gone and not undone.back:
        raise StaleState(_("All of these times have been booked meanwhile, so they stay."))
    return undone


def _time_off(change: BulkChange, *, by: User) -> Undone:
    undone = Undone()
    away = TimeOff.objects.get(pk=change.facts["time_off"])
    time_off.cancel_time_off(away, by=by)
    put_back(change.removed, undone, by=by)
    return undone


_BY_KIND = {
    BulkChangeKind.COPY_DAY: _copy,
    BulkChangeKind.HOURS: hours.restore,
    BulkChangeKind.HOLIDAYS: holidays.restore,
    BulkChangeKind.TIME_OFF: _time_off,
}
