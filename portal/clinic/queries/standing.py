"""What stands at an office or in a specialty, and so keeps it from being closed (B01)."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from portal.enums import DoctorState, SlotState, UserState
from portal.models import Appointment, Doctor, Office, Slot, Specialty, Wait, WeeklyHours
from portal.models.availability import LONGEST

SHOWN = 10  # appointments that are named; of the others the number is said


@dataclass(frozen=True)
class AtOffice:
    """`free` are doctors with the `number` of their free times, `hours` those with weekly hours."""

    appointments: list[Appointment]
    appointments_count: int
    free: list[Doctor]
    hours: list[Doctor]
    waits: int
    doctors: list[Doctor]

    @property
    def is_empty(self) -> bool:
        """Nothing keeps the office from being closed but, at the most, doctors who belong to it."""
        return not (self.appointments_count or self.free or self.hours or self.waits)


def at_office(office: Office) -> AtOffice:
    """Coming appointments, free times, weekly hours, entries of the waiting list, and the doctors
    whose own office it is: six queries."""
    coming = Appointment.objects.upcoming().filter(office=office)
    live = Q(slots__office=office, slots__starts_at__gt=timezone.now())
    live &= ~Q(slots__state__in=[SlotState.TAKEN, SlotState.WITHDRAWN])
    blocks = WeeklyHours.objects.filter(_ahead(office), office=office)
    return AtOffice(
        appointments=list(coming.select_related("patient", "doctor", "office")[:SHOWN]),
        appointments_count=coming.count(),
        free=list(Doctor.objects.annotate(number=Count("slots", filter=live)).filter(number__gt=0)),
        hours=list(Doctor.objects.filter(pk__in=blocks.values("doctor"))),
        waits=Wait.objects.waiting().filter(office=office).count(),
        doctors=list(_working().filter(office=office)),
    )


def _ahead(office: Office) -> Q:
    """Blocks of weekly hours that hold today or later."""
    return Q(valid_until=None) | Q(valid_until__gte=office.today)


def _working() -> QuerySet[Doctor]:
    """Doctors who work or may come to work, in the order of names."""
    return Doctor.objects.exclude(state=DoctorState.REJECTED).exclude(user__state=UserState.CLOSED)


@dataclass(frozen=True)
class InSpecialty:
    doctors: list[Doctor]
    waits: int

    @property
    def is_empty(self) -> bool:
        return not (self.doctors or self.waits)


def in_specialty(specialty: Specialty) -> InSpecialty:
    """Its doctors, and the entries of the waiting list for it: two queries."""
    return InSpecialty(
        doctors=list(_working().filter(specialty=specialty)),
        waits=Wait.objects.waiting().filter(specialty=specialty).count(),
    )


@dataclass(frozen=True)
class Coming:
    """What is ahead at an office: appointments that hold a time, free times, and what waits for an
    answer: requests and offers. `under_way`: appointments that have begun and are not over."""

    appointments: int
    free: int
    asked: int
    under_way: int

    @property
    def is_empty(self) -> bool:
        return not (self.appointments or self.free or self.asked or self.under_way)


def coming_at(office: Office) -> Coming:
    """Two queries."""
    now = timezone.now()
    ahead = Q(starts_at__gt=now)
    slots = Slot.objects.filter(office=office, starts_at__gt=now - LONGEST, ends_at__gt=now)
    counts = slots.aggregate(
        appointments=Count("pk", filter=ahead & Q(state=SlotState.TAKEN)),
        free=Count("pk", filter=ahead & Q(state=SlotState.OPEN)),
        offered=Count("pk", filter=Q(state=SlotState.OFFERED)),
        under_way=Count("pk", filter=Q(starts_at__lte=now, state=SlotState.TAKEN)),
    )
    requested = Appointment.objects.requested().filter(office=office).count()
    asked = counts.pop("offered") + requested
    return Coming(**counts, asked=asked)
