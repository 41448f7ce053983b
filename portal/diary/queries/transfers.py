"""What can be handed over to a colleague, and to whom (requirement B06)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.clock.grid import local_day
from portal.diary.queries.schedule import Held, slots_with_holder
from portal.enums import AppointmentState, Mode, SlotState
from portal.models import HOLDING, Appointment, Doctor, Office, Slot, TimeOff
from portal.models.names import words_of
from portal.slots.queries.absences import is_away, times_off


@dataclass(frozen=True)
class Obstacle:
    """Why a doctor cannot take over a time: `slot` overlaps it, or the doctor is away."""

    slot: Slot | None = None

    def sentence(self, doctor: Doctor) -> str:
        if self.slot is None:
            return _("%(doctor)s is away then.") % {"doctor": doctor.name}
        return _("%(doctor)s has another slot then: %(time)s, %(office)s.") % {
            "doctor": doctor.name,
            "time": _clock(self.slot, self.slot.office),
            "office": self.slot.office.name,
        }


@dataclass(frozen=True)
class Colleague:
    doctor: Doctor
    is_same: bool  # of the same specialty
    has_slot: bool  # free at just that time and office
    obstacle: Obstacle | None

    @property
    def can_take(self) -> bool:
        return self.obstacle is None

    @property
    def sentence(self) -> str:
        return self.obstacle.sentence(self.doctor) if self.obstacle else ""


@dataclass(frozen=True)
class Item:
    """A slot of the day, with its appointment if it is booked. `refusal`: why it must stay."""

    slot: int
    time: str  # “10:00–10:30” on the clock of the office
    appointment: int | None
    patient: str
    born: str
    is_by_video: bool
    is_theirs: bool  # the colleague has a free slot at just that time
    refusal: str


@dataclass(frozen=True)
class DayPlan:
    items: list[Item]

    @property
    def possible(self) -> list[Item]:
        return [item for item in self.items if not item.refusal]

    @property
    def left(self) -> list[Item]:
        return [item for item in self.items if item.refusal]


def free_slots_at(doctor: Doctor, things: Iterable[Appointment | Slot]) -> list[int]:
    """Ids of the doctor's free slots at exactly the time and office of one of `things`: one
    query."""
    wanted = {(one.starts_at, one.ends_at, one.office_id) for one in things}
    if not wanted:
        return []
    found = doctor.slots.open().filter(starts_at__in=[starts for starts, _ends, _at in wanted])
    return [
        pk
        for pk, *place in found.values_list("pk", "starts_at", "ends_at", "office_id")
        if tuple(place) in wanted
    ]


def place_for(doctor: Doctor, wanted: Appointment | Slot) -> tuple[Slot | None, Obstacle | None]:
    """The doctor's own free slot at exactly that time and office, if any, and the obstacle, if any:
    two queries."""
    slots = doctor.slots.live().overlapping(wanted.starts_at, wanted.ends_at)
    absences = times_off(doctor, wanted.starts_at, wanted.ends_at)
    return _place(wanted, list(slots.select_related("doctor", "office")), absences)


def obstacle_at(
    doctor: Doctor, starts_at: datetime, ends_at: datetime, *, leaving: Slot | None = None
) -> Obstacle | None:
    """What prevents another slot of the doctor in that period (UTC), apart from the slot to be
    left: two queries."""
    slots = doctor.slots.live().overlapping(starts_at, ends_at).select_related("office")
    if leaving:
        slots = slots.exclude(pk=leaving.pk)
    if slot := slots.first():
        return Obstacle(slot)
    return Obstacle() if times_off(doctor, starts_at, ends_at) else None


def slots_ahead(doctor: Doctor, day: date, office: Office) -> list[Slot]:
    """The doctor's live slots of `day` at `office` that have not begun, by start: one query."""
    return list(_ahead(doctor, day, office).order_by("starts_at"))


def day_plan(doctor: Doctor, day: date, office: Office, to: Doctor | None) -> DayPlan:
    """What `to` could take over of a day at `office`, a date there: four queries.

    Without a colleague it makes two queries and checks fewer obstacles.
    """
    ahead = _ahead(doctor, day, office).values("pk")
    held = [Held(*row) for row in slots_with_holder().filter(pk__in=ahead)]
    marked = Appointment.objects.filter(slot__in=ahead, state__in=HOLDING)
    arrived = set(marked.exclude(state=AppointmentState.CONFIRMED).values_list("pk", flat=True))
    slots, absences = [], []
    if to and held:
        first, last = held[0].starts_at, max(one.ends_at for one in held)
        live = to.slots.live().overlapping(first, last)
        slots = list(live.select_related("doctor", "office"))
        absences = times_off(to, first, last)
    return DayPlan([_item(one, office, to, slots, absences, arrived) for one in held])


def colleagues(thing: Appointment | Slot, *, name: str = "") -> list[Colleague]:
    """All other listed doctors, and whether they could take it over. Doctors of its specialty who
    can come first. Three queries. `name`: parts of names, in any case."""
    listed = Doctor.objects.listed().exclude(pk=thing.doctor_id)
    for word in words_of(name):
        listed = listed.filter(search_name__joined__contains=word)
    doctors = list(listed.select_related("specialty", "office").order_by("search_name", "pk"))
    slots, away = _then(doctors, thing.starts_at, thing.ends_at)
    found = []
    for doctor in doctors:
        own, obstacle = _place(thing, slots.get(doctor.pk, []), away.get(doctor.pk, []))
        if own and isinstance(thing, Slot):  # a free time is of no use to one who is free then
            obstacle = Obstacle(own)
        is_same = doctor.specialty_id == thing.doctor.specialty_id
        found.append(Colleague(doctor, is_same, own is not None, obstacle))
    return sorted(found, key=lambda one: (not one.can_take, not one.is_same))


def _then(
    doctors: list[Doctor], starts_at: datetime, ends_at: datetime
) -> tuple[dict[int, list[Slot]], dict[int, list[TimeOff]]]:
    """The slots and times off of these doctors in that period, by doctor: two queries."""
    slots: dict[int, list[Slot]] = {}
    away: dict[int, list[TimeOff]] = {}
    live = Slot.objects.live().overlapping(starts_at, ends_at).filter(doctor__in=doctors)
    for slot in live.select_related("office"):
        slots.setdefault(slot.doctor_id, []).append(slot)
    absences = TimeOff.objects.filter(
        cancelled_at=None, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    for absence in absences:
        away.setdefault(absence.doctor_id, []).append(absence)
    return slots, away


def day_colleagues(doctor: Doctor) -> list[Doctor]:
    """All listed doctors except this one, those of the specialty first: one query."""
    others = Doctor.objects.listed().exclude(pk=doctor.pk).select_related("specialty", "office")
    by_name = others.order_by("search_name", "pk")
    return sorted(by_name, key=lambda other: other.specialty_id != doctor.specialty_id)


def _place(
    wanted: Appointment | Slot | Held, slots: Sequence[Slot], absences: list[TimeOff]
) -> tuple[Slot | None, Obstacle | None]:
    """Of a doctor's live slots and times off: the free slot at that place, or the obstacle.

    During a time off a doctor is away even if a free slot exists; it is not used.
    """
    if is_away(absences, wanted.starts_at, wanted.ends_at):
        return None, Obstacle()
    place = wanted.starts_at, wanted.ends_at, wanted.office_id
    for slot in slots:
        if slot.starts_at >= wanted.ends_at or slot.ends_at <= wanted.starts_at:
            continue
        if slot.state == SlotState.OPEN and (slot.starts_at, slot.ends_at, slot.office_id) == place:
            return slot, None
        return None, Obstacle(slot)
    return None, None


def _item(
    held: Held,
    office: Office,
    to: Doctor | None,
    slots: list[Slot],
    absences: list[TimeOff],
    arrived: set[int],
) -> Item:
    own, obstacle = _place(held, slots, absences)
    refusal = ""
    if held.state == SlotState.OFFERED:
        refusal = _("On offer to somebody who waits.")
    elif held.appointment in arrived:
        refusal = _("The patient has arrived.")
    elif to and obstacle:
        refusal = obstacle.sentence(to)
    elif to and own and held.appointment is None:
        refusal = _("%(doctor)s is free at that time already.") % {"doctor": to.name}
    return Item(
        slot=held.pk,
        time=_clock(held, office),
        appointment=held.appointment,
        patient=held.patient or "",
        born=held.born_text,
        is_by_video=held.mode == Mode.VIDEO,
        is_theirs=own is not None,
        refusal=refusal,
    )


def _clock(thing: Slot | Held, office: Office) -> str:
    starts, ends = (at.astimezone(office.zone) for at in (thing.starts_at, thing.ends_at))
    return f"{starts:%H:%M}–{ends:%H:%M}"


def _ahead(doctor: Doctor, day: date, office: Office) -> QuerySet[Slot]:
    start, end = local_day(day, office.zone)
    return doctor.slots.live().filter(
        office=office, starts_at__gte=start, starts_at__gt=timezone.now(), starts_at__lt=end
    )
