"""Another time zone of an office: what is ahead keeps its clock time (requirement B01).

Called by offices.py inside its transaction, which locks the office.
docs/decisions/office-time-zones.md says what moves, what stays and what is refused.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.clinic.queries import standing
from portal.errors import NeedsConfirmation, PortalError
from portal.models import LIVE, Appointment, Doctor, Holiday, Office, Slot, TimeOff, User, locks
from portal.models.local_days import midnight
from portal.slots.services import release

# So far that nothing is there: rows are moved there first and then back, because the database
# refuses each row that would overlap one which has not been moved yet.
FAR = timedelta(days=20_000)
AT_A_TIME = 5_000  # ids in one statement


def move(office: Office, zone_name: str, *, keep_wall_time: bool, by: User) -> None:
    """Give the office another zone, and move what is ahead to the same clock time in it.

    The office is locked. Locks all doctors, the coming slots, their patients and appointments.
    Writes the office, slots, appointments (with a new version, for calendar files), holidays, times
    off of its doctors and an AuditEvent. Raises NeedsConfirmation if something is ahead and
    `keep_wall_time` is not said, PortalError for what cannot move.
    """
    locks.doctors(*Doctor.objects.values_list("pk", flat=True))
    ahead = standing.coming_at(office)
    _refuse_unsettled(ahead)
    if not ahead.is_empty and not keep_wall_time:
        raise NeedsConfirmation(_question(ahead), field="time_zone")
    now, old, new = timezone.now(), office.zone, ZoneInfo(zone_name)
    slots = Slot.objects.filter(office=office, starts_at__gt=now)
    for some in _parts(slots.order_by("pk").values_list("pk", flat=True)):
        locks.hold_slots(some)
    office.time_zone, before = zone_name, office.time_zone
    office.save(update_fields=["time_zone"])
    moved_slots = _move(slots, old, new, now)
    release.release_anew(by=by)
    moved_appointments = _move_appointments(office, old, new, now)
    _move_holidays(office, new)
    moved_times_off = _move_times_off(office, old, new, now)
    _refuse_in_times_off(office, now)
    audit.record(
        "change_time_zone",
        office,
        by=by,
        before=before,
        after=zone_name,
        slots=moved_slots,
        appointments=moved_appointments,
        times_off=moved_times_off,
    )


def _refuse_unsettled(ahead: standing.Coming) -> None:
    if ahead.under_way:
        raise _cannot(_("An appointment is under way there. Change the zone when it is over."))
    if ahead.asked:
        raise _cannot(
            _("Requests or offers there wait for an answer. Change the zone when they are settled.")
        )


def _question(ahead: standing.Coming) -> str:
    return _(
        "This would move %(booked)s booked times and %(free)s free times. Change the zone only if "
        "they keep their clock time, and say so below."
    ) % {"booked": ahead.appointments, "free": ahead.free}


def _cannot(sentence: str) -> PortalError:
    return PortalError(sentence, field="time_zone")


def _move_appointments(office: Office, old: ZoneInfo, new: ZoneInfo, now: datetime) -> int:
    """All of them keep their clock time, cancelled ones too; returns how many hold a time."""
    rows = Appointment.objects.filter(office=office, starts_at__gt=now)
    live = rows.filter(state__in=LIVE)
    held = list(live.order_by("pk").values_list("pk", "patient", "slot", "starts_at"))
    _refuse_passed((starts_at for *_ids, starts_at in held), old, new, now)
    for patients in _parts(sorted({patient for _pk, patient, *_more in held})):
        locks.hold_patients(patients)
    slot_of = {pk: slot for pk, _patient, slot, _starts_at in held}
    for some in _parts(slot_of):
        locks.appointments(some, of=[slot_of[pk] for pk in some])
    live.update(version=F("version") + 1)
    _move(rows, old, new, now)
    return len(held)


def _refuse_passed(starts: Iterable[datetime], old: ZoneInfo, new: ZoneInfo, now: datetime) -> None:
    """Of appointments: a clock time that has passed there already, or that a clock change skips."""
    for starts_at in starts:
        wall, moved = starts_at.astimezone(old), _moved(starts_at, old, new)
        shown = date_format(wall, "j F, H:i")
        if moved <= now:
            raise _cannot(_("%(time)s has passed there already.") % {"time": shown})
        if moved.astimezone(new).replace(tzinfo=None) != wall.replace(tzinfo=None):
            raise _cannot(_("There is no %(time)s there: the clock changes.") % {"time": shown})


def _move(rows: QuerySet, old: ZoneInfo, new: ZoneInfo, now: datetime) -> int:
    """Two steps, see FAR. Rows that are moved by equally long are moved by one statement."""
    shifts: dict[timedelta, list[int]] = {}
    for pk, starts_at in rows.order_by("pk").values_list("pk", "starts_at"):
        shifts.setdefault(_moved(starts_at, old, new) - starts_at, []).append(pk)
    model: type[Model] = rows.model
    for shift, ids in shifts.items():
        for some in _parts(ids):
            _shift(model._default_manager.filter(pk__in=some), shift + FAR)
    _shift(rows.filter(starts_at__gt=now + FAR / 2), -FAR)
    return sum(map(len, shifts.values()))


def _shift(rows: QuerySet, by: timedelta) -> None:
    rows.update(starts_at=F("starts_at") + by, ends_at=F("ends_at") + by)


def _moved(moment: datetime, old: ZoneInfo, new: ZoneInfo) -> datetime:
    """The same clock time in the other zone, in UTC."""
    return moment.astimezone(old).replace(tzinfo=new).astimezone(UTC)


def _move_holidays(office: Office, new: ZoneInfo) -> None:
    """Past ones too: a day begins at midnight of the office."""
    holidays = list(office.holidays.all())
    for one in holidays:
        one.begins_at = midnight(one.day, new)
        one.ends_at = midnight(one.day + timedelta(days=1), new)
    Holiday.objects.bulk_update(holidays, ["begins_at", "ends_at"], batch_size=200)


def _move_times_off(office: Office, old: ZoneInfo, new: ZoneInfo, now: datetime) -> int:
    """Of the doctors whose own office it is: theirs are told by its clock."""
    absences = list(TimeOff.objects.filter(doctor__office=office, ends_at__gt=now))
    for one in absences:
        if one.starts_at > now:
            one.starts_at = _moved(one.starts_at, old, new)
        one.ends_at = max(_moved(one.ends_at, old, new), one.starts_at + timedelta(minutes=1))
    TimeOff.objects.bulk_update(absences, ["starts_at", "ends_at"], batch_size=200)
    return len(absences)


def _refuse_in_times_off(office: Office, now: datetime) -> None:
    away = TimeOff.objects.filter(
        doctor=OuterRef("doctor"),
        cancelled_at=None,
        starts_at__lt=OuterRef("ends_at"),
        ends_at__gt=OuterRef("starts_at"),
    )
    theirs = Q(office=office) | Q(doctor__office=office)
    if Slot.objects.live().filter(theirs, Exists(away), starts_at__gt=now).exists():
        raise _cannot(
            _("In that zone some times would come to lie in a time off. Move these times first.")
        )


def _parts(ids: Iterable[int]) -> Iterable[list[int]]:
    """In parts that fit into one statement, in the same order."""
    every = list(ids)
    return (every[at : at + AT_A_TIME] for at in range(0, len(every), AT_A_TIME))
