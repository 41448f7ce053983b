"""The clinic in which races are run, made in bulk, and what its patients do there."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import uuid4

from django.utils import timezone

from portal.clock.grid import day_grid
from portal.diary.services import availability
from portal.diary.services.availability import DayChange
from portal.enums import SlotState
from portal.errors import PortalError
from portal.models import Appointment, ClinicSettings, Doctor, Office, Patient, Slot, User
from portal.models.appointment import HOLDING, LIVE
from tests.factories import DoctorFactory, in_days
from tests.servers.client import Answer
from tests.servers.portal import Portal


def make_patients(count: int, *, named: str = "Racer") -> list[Patient]:
    """Patients with logins that have no password: sessions are made for them directly."""
    users = User.objects.bulk_create(
        User(email=f"{named}{number}@example.org".lower(), name=f"{named} {number}", password="!")
        for number in range(count)
    )
    return Patient.objects.bulk_create(
        Patient(user=user, name=user.name, search_name=user.name.lower()) for user in users
    )


def make_slots(count: int, *, doctor: Doctor | None = None, day: int = 2) -> list[Slot]:
    """Free half hours, back to back, of one doctor."""
    doctor = doctor or DoctorFactory()
    start, half_hour = in_days(day, 0), timedelta(minutes=30)
    return Slot.objects.bulk_create(
        Slot(
            doctor=doctor,
            office=doctor.office,
            starts_at=start + number * half_hour,
            ends_at=start + (number + 1) * half_hour,
        )
        for number in range(count)
    )


def booking(portal: Portal, patient: Patient, slot: Slot, token=None) -> Callable[[], Answer]:
    """The patient's confirmation of a booking, ready to be sent from a session of its own."""
    client = portal.client(patient.user)
    form = {"reason": "", "mode": "in_person", "token": token or uuid4()}
    return lambda: client.post(f"/slots/{slot.pk}/book/", form)


def cancelling(portal: Portal, user: User, appointment: Appointment) -> Callable[[], Answer]:
    client = portal.client(user)
    path = f"/appointments/{appointment.pk}/cancel/"
    return lambda: client.post(path, {"reason": "health", "comment": ""})


def won(answers: list[Answer]) -> list[Answer]:
    """The answers that confirm a booking."""
    return [answer for answer in answers if answer.location.endswith("/booked/")]


def statuses(answers: list[Answer]) -> dict[int, int]:
    """How many answers of each status."""
    codes = [answer.status for answer in answers]
    return {code: codes.count(code) for code in sorted(set(codes))}


def holders(slot: Slot) -> int:
    return Appointment.objects.filter(slot=slot, state__in=HOLDING).count()


def wrong_slots() -> list[str]:
    """Slots whose state is not what their appointments say; each as a sentence."""
    wrong = []
    for slot in Slot.objects.all():
        expected = 1 if slot.state == SlotState.TAKEN else 0
        if holders(slot) != expected:
            wrong.append(f"slot {slot.pk} is {slot.state} with {holders(slot)} holders")
    return wrong


def overlaps(rows) -> int:
    """How many pairs of neighbours among slots or appointments overlap in time."""
    spans = sorted((row.starts_at, row.ends_at) for row in rows)
    return sum(first[1] > second[0] for first, second in pairwise(spans))


def live_appointments(patient: Patient):
    return patient.appointments.filter(state__in=LIVE)


def grid_of(office: Office) -> list[datetime]:
    """The starts of the whole grid of the day after tomorrow at the office: 24 half hours."""
    return [cell.starts_at for cell in day_grid(_day(), office.zone, ClinicSettings())]


def declare(doctor: Doctor, starts: list[datetime], *, office: Office | None = None) -> DayChange:
    """The doctor saves that day as consisting of `starts`."""
    office = office or doctor.office
    return availability.set_day(doctor, office=office, day=_day(), starts=starts, by=doctor.user)


def _day() -> date:
    return (timezone.now() + timedelta(days=2)).date()


def refusal_of(action: Callable[[], object]) -> PortalError | None:
    """What the portal said against it."""
    try:
        action()
    except PortalError as refusal:
        return refusal
    return None


def once(action: Callable[[], object]) -> Callable[[], None]:
    """Does it the first time only; what it gave is then in `result`."""

    def run():
        if not hasattr(run, "result"):
            run.result = None
            run.result = action()

    return run
