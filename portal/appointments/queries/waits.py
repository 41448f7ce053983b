"""The waiting list: its entries, and which slot fits which entry (requirements B15, B20)."""

from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from portal.clock.grid import local_day
from portal.enums import AppointmentState, DoctorState, PartOfDay, Role, UserState
from portal.models import (
    Appointment,
    Assistant,
    ClinicSettings,
    Doctor,
    Offer,
    Office,
    Patient,
    Slot,
    User,
    Wait,
)
from portal.models.availability import LONGEST
from portal.models.waitlist import WaitQuerySet
from portal.slots.queries.slots import PART_HOURS, bookable

# A date is over everywhere when it is over in the last time zone.
LAST_ZONE = timedelta(hours=12)


def in_line(slot: Slot, *, freed_at: datetime) -> QuerySet[Wait]:
    """The entries that `slot` fits and whose patients are free then, the oldest first: one query
    when read.

    Left out are patients who have an open offer, who gave up this slot themselves, or who have
    booked what they wait for; entries that got an offer since `freed_at` (UTC); and entries by
    staff who may not book in that diary.
    """
    here = _wants(slot) & _on_its_day(slot)
    asked = Offer.objects.filter(wait=OuterRef("pk"), slot=slot.pk, freed_at=freed_at)
    busy = (
        Appointment.objects.live()
        .filter(
            patient=OuterRef("patient"),
            starts_at__lt=slot.ends_at,
            ends_at__gt=slot.starts_at,
            starts_at__gt=slot.starts_at - LONGEST,
        )
        .order_by()
    )
    gave_up = Appointment.objects.filter(
        patient=OuterRef("patient"), slot=slot.pk, state=AppointmentState.CANCELLED
    ).order_by()
    return (
        Wait.objects.waiting()
        .filter(
            here,
            _made_by_who_may_book(slot),
            Q(patient__user=None) | Q(patient__user__state=UserState.ACTIVE),
            Q(appointment__isnull=False) | ~Exists(_booked_since()),
            ~Exists(asked),
            ~Exists(_offers_of_patient()),
            ~Exists(busy),
            ~Exists(gave_up),
        )
        .select_related("patient", "patient__user", "made_by")
        .order_by("made_at", "pk")
    )


def waiting_for_any() -> QuerySet[Wait]:
    """Entries for any time that fits, whose patient has no open offer, the oldest first."""
    waiting = Wait.objects.waiting().filter(~Exists(_offers_of_patient()), slot=None)
    return waiting.select_related("appointment", "made_by").order_by("made_at", "pk")


def new_times(wait: Wait, settings: ClinicSettings, offices: list[Office]) -> QuerySet[Slot]:
    """Slots for this entry that patients can book now, but could not when it was made: new,
    released, or now within the horizon. Soonest first. `offices` are all offices, for their time
    zones.

    Without slots that were offered to this entry before, those of doctors who accept each request
    themselves, and those that the staff who made the entry may not book.
    """
    came = Q(released_at__gt=wait.made_at) | Q(starts_at__gt=wait.made_at + settings.horizon)
    asked = Offer.objects.filter(wait=wait.pk, slot=OuterRef("pk"))
    found = bookable(settings).filter(came, ~Exists(asked), doctor__on_request=False)
    if wait.made_by.is_staff:
        found = found.visible_to(wait.made_by)
    return fitting(wait, found, offices).order_by("starts_at", "pk")


def free_now(
    wait: Wait, *, by: User, settings: ClinicSettings, offices: list[Office], count: int
) -> list[Slot]:
    """The first free times that fit the entry, which need not be saved, that `by` may book and at
    which the patient has no other appointment: one query, two for assistants."""
    others = Appointment.objects.upcoming()
    if wait.appointment_id:
        others = others.exclude(pk=wait.appointment_id)
    busy = others.filter(
        patient=wait.patient_id,
        starts_at__lt=OuterRef("ends_at"),
        ends_at__gt=OuterRef("starts_at"),
    )
    found = bookable(settings, by=by)
    if by.is_staff:
        found = found.visible_to(by)
    fits = fitting(wait, found.filter(~Exists(busy.order_by())), offices)
    return list(fits.select_related("doctor", "office").order_by("starts_at", "pk")[:count])


def fitting(wait: Wait, found: QuerySet[Slot], offices: list[Office]) -> QuerySet[Slot]:
    """The slots that fit the entry, which need not be saved. No query."""
    if wait.appointment:
        earlier = {
            "doctor": wait.appointment.doctor_id,
            "starts_at__lt": wait.appointment.starts_at,
        }
        found = found.filter(**earlier)
    if wait.doctor_id:
        found = found.filter(doctor=wait.doctor_id)
    if wait.specialty_id:
        found = found.filter(doctor__specialty=wait.specialty_id)
    if wait.office_id:
        found = found.filter(office=wait.office_id)
    if wait.parts:
        hours = (Q(wall_hour__range=PART_HOURS[PartOfDay(part)]) for part in wait.parts.split(","))
        found = found.filter(reduce(or_, hours))
    if wait.first_day or wait.last_day:
        found = found.filter(reduce(or_, (_within_days(wait, office) for office in offices)))
    return found


def _within_days(wait: Wait, office: Office) -> Q:
    """Slots at `office` on the dates of the entry, in the office's time zone."""
    here = Q(office=office.pk)
    if wait.first_day:
        here &= Q(starts_at__gte=local_day(wait.first_day, office.zone)[0])
    if wait.last_day:
        here &= Q(starts_at__lt=local_day(wait.last_day, office.zone)[1])
    return here


def met() -> QuerySet[Wait]:
    """Entries whose patient has since booked with the doctor, or in the specialty, that they wait
    for."""
    return Wait.objects.waiting().filter(Exists(_booked_since()), appointment=None).order_by()


def _offers_of_patient() -> QuerySet[Offer]:
    return Offer.objects.open().filter(wait__patient=OuterRef("patient"))


def _booked_since() -> QuerySet[Appointment]:
    return (
        Appointment.objects.upcoming()
        .filter(
            Q(doctor=OuterRef("doctor"))
            | Q(doctor=OuterRef("slot__doctor"))
            | Q(doctor__specialty=OuterRef("specialty")),
            patient=OuterRef("patient"),
            booked_at__gt=OuterRef("made_at"),
        )
        .order_by()
    )


def too_late() -> QuerySet[Wait]:
    """Entries that no time can fit any more: their slot, last day or appointment has passed."""
    now = timezone.now()
    return (
        Wait.objects.waiting()
        .filter(
            Q(slot__starts_at__lte=now)
            | Q(last_day__lt=(now - LAST_ZONE).date())
            | Q(appointment__starts_at__lte=now)
            | (Q(appointment__isnull=False) & ~Q(appointment__state=AppointmentState.CONFIRMED))
        )
        .order_by()
    )


def for_withdrawn(waits: WaitQuerySet) -> WaitQuerySet:
    """Those of `waits` for doctors whose approval is withdrawn, and for their times."""
    gone = Doctor.objects.filter(state=DoctorState.WITHDRAWN).values("pk")
    return waits.filter(
        Q(doctor__in=gone) | Q(slot__doctor__in=gone) | Q(appointment__doctor__in=gone)
    )


def count_for(doctor: Doctor) -> int:
    """How many entries wait for this doctor, or for the doctor's times: one query."""
    return Wait.objects.waiting().of_doctor(doctor.pk).count()


def open_offers(user: User) -> list[Offer]:
    """Open offers to the user and to whom they look after, the first to expire first: one
    query."""
    mine = Offer.objects.open().filter(
        wait__patient__in=Patient.objects.of(user), expires_at__gt=timezone.now()
    )
    return list(with_all(mine).order_by("expires_at"))


def offers_to(waits: list[Wait], user: User) -> dict[int, Offer]:
    """Open offers to these entries that the user may answer, by the entry's id: one query."""
    found = (
        Offer.objects.visible_to(user)
        .open()
        .filter(wait__in=[wait.pk for wait in waits], expires_at__gt=timezone.now())
    )
    return {offer.wait_id: offer for offer in found.select_related("slot__office", "slot__doctor")}


def with_all(offers: QuerySet[Offer]) -> QuerySet[Offer]:
    """Selects everything that a page about an offer prints. No extra query."""
    return offers.select_related(
        "slot__doctor__specialty",
        "slot__doctor__user",
        "slot__office",
        "wait__patient",
        "wait__appointment__office",
        "wait__appointment__doctor",
    )


def waits_of(user: User) -> WaitQuerySet:
    """The open entries that `user` may see, the oldest first, with what a list prints."""
    return (
        Wait.objects.visible_to(user)
        .waiting()
        .select_related(
            "patient",
            "doctor__office",
            "specialty",
            "office",
            "slot__doctor",
            "slot__office",
            "appointment__doctor",
            "appointment__office",
        )
        .order_by("made_at", "pk")
    )


def _made_by_who_may_book(slot: Slot) -> Q:
    """The same as the rule `portal.book_slot`, which is checked again at the booking."""
    works_there = Assistant.offices.through.objects.filter(
        assistant__user=OuterRef("made_by"), office=slot.office_id
    )
    return (
        Q(made_by__role__in=(Role.PATIENT, Role.ADMIN))
        | Q(made_by__role=Role.DOCTOR, made_by=slot.doctor.user_id)
        | Q(made_by__role=Role.ASSISTANT, made_by__assistant__all_offices=True)
        | Q(Exists(works_there), made_by__role=Role.ASSISTANT)
    )


def _wants(slot: Slot) -> Q:
    """Entries for this slot, for any like it, or for an earlier time than an appointment with its
    doctor."""
    place = Q(office=None) | Q(office=slot.office_id)
    whom = Q(doctor=None) | Q(doctor=slot.doctor_id)
    what = Q(specialty=None) | Q(specialty=slot.doctor.specialty_id)
    earlier = Q(appointment__starts_at__gt=slot.starts_at, appointment__doctor=slot.doctor_id)
    any_like_it = Q(slot=None) & place & whom & what & (Q(appointment=None) | earlier)
    stands = Q(appointment=None) | Q(appointment__state=AppointmentState.CONFIRMED)
    return (Q(slot=slot.pk) | any_like_it) & stands


def _on_its_day(slot: Slot) -> Q:
    """The entry's dates and parts of the day are compared in the time zone of the slot's office."""
    day = slot.starts_at.astimezone(slot.office.zone).date()
    hour = slot.wall_hour
    part = next(part for part, (first, last) in PART_HOURS.items() if first <= hour <= last)
    return (
        (Q(first_day=None) | Q(first_day__lte=day))
        & (Q(last_day=None) | Q(last_day__gte=day))
        & (Q(parts="") | Q(parts__contains=part.value))
    )
