"""Times off: the list, and the possible choices for the appointments in one (B19)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.appointments.queries.appointments import with_people
from portal.clock.grid import local_day
from portal.enums import AppointmentState, SlotState
from portal.models import Appointment, ClinicSettings, Doctor, Slot, TimeOff, User, offices_of
from portal.models.availability import LONGEST
from portal.slots.queries.absences import is_away, times_off
from portal.slots.queries.slots import bookable

PROPOSED = 3  # times that are proposed for each appointment
OTHERS = 20  # further ones to choose from
COLLEAGUES = 30
WITHIN = 300  # free times that are looked at on either side of the stretch
HOUR = timedelta(hours=1)
AHEAD = timedelta(days=1100)
SUDDEN = timedelta(days=1)  # patients would not expect a new time so soon


@dataclass
class Item:
    """An appointment in a time off. `times` are free times, the nearest first; none is proposed for
    two appointments. `others` are all other free times. `obstacle`: why the appointment cannot be
    settled on this page."""

    appointment: Appointment
    times: list[Slot] = field(default_factory=list)
    others: list[Slot] = field(default_factory=list)
    colleagues: list[Doctor] = field(default_factory=list)  # of the specialty first
    obstacle: str = ""
    is_hidden: bool = False  # at an office of others: whose it is is not for this reader

    @property
    def same(self) -> list[Doctor]:
        """Of the colleagues those of the specialty: who is proposed is one of them."""
        return [one for one in self.colleagues if self._is_same(one)]

    @property
    def strangers(self) -> list[Doctor]:
        """The colleagues of other specialties."""
        return [one for one in self.colleagues if not self._is_same(one)]

    def _is_same(self, colleague: Doctor) -> bool:
        return colleague.specialty_id == self.appointment.doctor.specialty_id

    @property
    def is_request(self) -> bool:
        return self.appointment.state == AppointmentState.REQUESTED


class _Busy(NamedTuple):
    """A colleague's slot. `place`: start, end and office, if it is free."""

    doctor: int
    starts_at: datetime
    ends_at: datetime
    place: tuple | None


def all_ahead() -> tuple[datetime, datetime]:
    """From now on (UTC), farther than anything can be booked."""
    now = timezone.now()
    return now, now + AHEAD


def times_off_of(doctor: Doctor) -> QuerySet[TimeOff]:
    """All times off that were not cancelled, the latest first; filter the result further."""
    return doctor.times_off.filter(cancelled_at=None).order_by("-starts_at", "-pk")


def days_away(doctor: Doctor, first: date, count: int) -> set[date]:
    """Those of `count` days from `first` (dates at the main office) on which the doctor is away,
    even for an hour: one query."""
    zone = doctor.office.zone
    days = {
        first + timedelta(days=n): local_day(first + timedelta(days=n), zone) for n in range(count)
    }
    absences = times_off(doctor, days[first][0], days[max(days)][1])
    return {day for day, ends in days.items() if is_away(absences, *ends)}


def doctors_run_by(user: User) -> QuerySet[Doctor]:
    """The doctors for whom the desk may enter time off, by name."""
    found = Doctor.objects.listed().filter(office__in=offices_of(user))
    return found.select_related("specialty", "office").order_by("search_name", "pk")


def slots_ahead(doctor: Doctor, starts_at: datetime, ends_at: datetime) -> QuerySet[Slot]:
    """The doctor's live slots that overlap the period (UTC) and have not begun."""
    return doctor.slots.live().overlapping(starts_at, ends_at).filter(starts_at__gt=timezone.now())


def to_settle(doctor: Doctor, starts_at: datetime, ends_at: datetime) -> QuerySet[Appointment]:
    """The live appointments and requests that overlap the period (UTC) and have not begun, by
    start, with their people: one query."""
    return (
        with_people(doctor.appointments.live())
        .filter(
            starts_at__lt=ends_at,
            ends_at__gt=starts_at,
            starts_at__gt=max(timezone.now(), starts_at - LONGEST),
        )
        .order_by("starts_at", "pk")
    )


def too_many(count: int, most: int) -> str:
    """The refusal of a time off with more appointments than can be settled at once. No query."""
    said = {"count": count, "most": most}
    return _("There are %(count)s appointments in it; settle at most %(most)s at once.") % said


def plan(
    doctor: Doctor,
    appointments: list[Appointment],
    starts_at: datetime,
    ends_at: datetime,
    *,
    offices: set[int] | None,
    by: User,
    settings: ClinicSettings,
    chosen: Mapping[int, int] | None = None,
) -> list[Item]:
    """The possible choices for each appointment: six queries, independent of the number; none
    without appointments.

    `offices` are those at which `by`, the user, may change something; None is all. `chosen`: slots
    by appointment that are already chosen; those that are still free are not proposed for others.
    """
    items = [_item(one, offices) for one in appointments]
    open_items = [item for item in items if not item.obstacle and not item.is_request]
    if open_items:
        free = _free_times(doctor, starts_at, ends_at, settings, by)
        _propose(open_items, free, chosen or {})
        _ask_colleagues(open_items, doctor)
    return items


def counted(doctor: Doctor, starts_at: datetime, ends_at: datetime) -> dict[str, int]:
    """The number of slots to be withdrawn, by state: one query."""
    states = slots_ahead(doctor, starts_at, ends_at).order_by().values_list("state")
    return dict(states.annotate(count=Count("pk")))


def _item(appointment: Appointment, offices: set[int] | None) -> Item:
    if offices is not None and appointment.office_id not in offices:
        text = _("This is at an office that you do not run. Ask somebody who does to settle it.")
        return Item(appointment, obstacle=text, is_hidden=True)
    if appointment.state == AppointmentState.ARRIVED:
        text = _("The patient has arrived. See them first, or take “arrived” back.")
        return Item(appointment, obstacle=text)
    return Item(appointment)


def _free_times(
    doctor: Doctor,
    starts_at: datetime,
    ends_at: datetime,
    settings: ClinicSettings,
    by: User,
) -> list[Slot]:
    """The doctor's free times around the period: two queries."""
    free = bookable(settings, by=by).visible_to(by).filter(doctor=doctor)
    free = free.select_related("office")
    after = free.filter(starts_at__gte=ends_at).order_by("starts_at", "pk")
    before = free.filter(ends_at__lte=starts_at).order_by("-starts_at", "-pk")
    return [*after[:WITHIN], *before[:WITHIN]]


def _propose(items: list[Item], free: list[Slot], chosen: Mapping[int, int]) -> None:
    """Assigns the nearest time to each appointment in turn, so that none gets three while another
    gets none."""
    elsewhere = _elsewhere(items)
    fitting: dict[int, list[Slot]] = {}
    proposed: set[int] = set()
    for item in items:
        own = item.appointment
        fits = [slot for slot in free if not _clashes(slot, elsewhere[own.patient_id], own.pk)]
        fitting[own.pk] = sorted(fits, key=lambda slot: _distance(slot, own))
        item.times = [slot for slot in fits if slot.pk == chosen.get(own.pk)]
        proposed.update(slot.pk for slot in item.times)
    for turn in range(1, PROPOSED + 1):
        for item in items:
            if len(item.times) < turn:
                fits = fitting[item.appointment.pk]
                item.times += [slot for slot in fits if slot.pk not in proposed][:1]
                proposed.update(slot.pk for slot in item.times)
    for item in items:
        item.times.sort(key=lambda slot: _distance(slot, item.appointment))
        rest = [slot for slot in fitting[item.appointment.pk] if slot.pk not in proposed]
        item.others = sorted(rest[:OTHERS], key=lambda slot: slot.starts_at)


def _distance(slot: Slot, appointment: Appointment) -> tuple:
    """Sorts by same office, not at short notice, long enough; then by distance in time."""
    is_sudden = slot.starts_at < timezone.now() + SUDDEN
    is_short = slot.ends_at - slot.starts_at < appointment.ends_at - appointment.starts_at
    away = abs(slot.starts_at - appointment.starts_at)
    return slot.office_id != appointment.office_id, is_sudden, is_short, away, slot.pk


def _elsewhere(items: list[Item]) -> dict[int, list[tuple]]:
    """Other appointments of these patients, by patient: one query."""
    held = defaultdict(list)
    patients = {item.appointment.patient_id for item in items}
    upcoming = Appointment.objects.upcoming().filter(patient__in=patients)
    for patient, *row in upcoming.values_list("patient", "pk", "starts_at", "ends_at"):
        held[patient].append(tuple(row))
    return held


def _clashes(slot: Slot, held: list[tuple], leaving: int) -> bool:
    return any(
        starts < slot.ends_at and ends > slot.starts_at
        for pk, starts, ends in held
        if pk != leaving
    )


def _ask_colleagues(items: list[Item], doctor: Doctor) -> None:
    """Who could take over each appointment, with the same checks as services.transfers: three
    queries."""
    listed = Doctor.objects.listed().exclude(pk=doctor.pk).select_related("specialty", "office")
    doctors = sorted(
        listed.order_by("search_name", "pk"),
        key=lambda one: one.specialty_id != doctor.specialty_id,
    )
    first = min(item.appointment.starts_at for item in items)
    last = max(item.appointment.ends_at for item in items)
    busy = _busy(doctors, first, last)
    away = defaultdict(list)
    for one in TimeOff.objects.filter(
        doctor__in=doctors, cancelled_at=None, starts_at__lt=last, ends_at__gt=first
    ):
        away[one.doctor_id].append(one)
    for item in items:
        own = item.appointment
        taken = _taken_at(own, busy)
        item.colleagues = [
            one
            for one in doctors
            if one.pk not in taken and not is_away(away[one.pk], own.starts_at, own.ends_at)
        ][:COLLEAGUES]


def _busy(doctors: list[Doctor], first: datetime, last: datetime) -> dict[datetime, list[_Busy]]:
    """Their live slots by each hour (UTC) that they overlap: one query."""
    slots = Slot.objects.live().overlapping(first, last).filter(doctor__in=doctors).order_by()
    by_hour = defaultdict(list)
    for doctor, starts_at, ends_at, state, office in slots.values_list(
        "doctor", "starts_at", "ends_at", "state", "office"
    ):
        place = (starts_at, ends_at, office) if state == SlotState.OPEN else None
        for hour in _hours(starts_at, ends_at):
            by_hour[hour].append(_Busy(doctor, starts_at, ends_at, place))
    return by_hour


def _taken_at(own: Appointment, busy: dict[datetime, list[_Busy]]) -> set[int]:
    """The colleagues who have anything at that time except a free slot of exactly that time and
    office."""
    place = own.starts_at, own.ends_at, own.office_id
    return {
        one.doctor
        for hour in _hours(own.starts_at, own.ends_at)
        for one in busy.get(hour, ())
        if one.starts_at < own.ends_at and one.ends_at > own.starts_at and one.place != place
    }


def _hours(starts_at: datetime, ends_at: datetime) -> Iterable[datetime]:
    hour = starts_at.replace(minute=0, second=0, microsecond=0)
    while hour < ends_at:
        yield hour
        hour += HOUR
