"""A clinic in which everything can be done at once: many want something of few diaries."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import cycle
from random import Random

from django.utils import timezone

from portal.accounts.services import calendar_feeds
from portal.appointments.services import appointments, waitlist
from portal.models import Appointment, Patient, Slot, User
from tests.factories import AdminFactory, AppointmentFactory, DoctorFactory, OfficeFactory
from tests.reliability.clinic import make_patients, make_slots
from tests.servers.client import Answer

DOCTORS, SLOTS, PATIENTS = 6, 40, 100
TODAY = 4  # appointments of each doctor within the next hour
PATIENCE = 300  # seconds: five hundred wait for two cores


class Clinic:
    """Half of its times are booked, one doctor wants to be asked, some wait, some have offers; and
    some patients come within the next hour."""

    def __init__(self, portal):
        self.portal = portal
        self.random = Random(7)
        self.office = office = OfficeFactory(time_zone=_where_it_is_noon())
        self.admin = AdminFactory()
        doctors = DoctorFactory.create_batch(DOCTORS - 1, office=office)
        self.asks = DoctorFactory(office=office, on_request=True)
        self.doctors = [*doctors, self.asks]
        self.patients = make_patients(PATIENTS)
        for doctor in self.doctors:
            make_slots(SLOTS, doctor=doctor, day=5)
        self._expect_some()
        for patient in self.patients[:20]:
            calendar_feeds.renew(patient.user, by=patient.user)
        self._book_half()
        self._request()
        self._wait_and_free()

    def _expect_some(self):
        """Each doctor has appointments that can be marked today and still be handed over."""
        coming, ten_minutes = cycle(self.patients[-10:]), timedelta(minutes=10)
        for number in range(TODAY):
            starts_at = timezone.now() + 4 * ten_minutes + number * ten_minutes
            for doctor in self.doctors[:2]:
                AppointmentFactory(
                    doctor=doctor,
                    patient=next(coming),
                    starts_at=starts_at,
                    ends_at=starts_at + ten_minutes,
                )

    def _book_half(self):
        turns = cycle(self.patients[:55])
        for doctor in self.doctors[:-1]:
            for slot in list(doctor.slots.order_by("pk"))[: SLOTS // 2]:
                self._try(slot, next(turns))

    def _request(self):
        for number, slot in enumerate(self.asks.slots.order_by("pk")[:20]):
            for patient in self.patients[60 + number : 100 : 20]:
                self._try(slot, patient)

    def _wait_and_free(self):
        for number, patient in enumerate(self.patients[:60]):
            wish = waitlist.Wish(doctor=self.doctors[number % (DOCTORS - 1)])
            waitlist.join(patient, wish=wish, by=self.admin)
        for one in self.appointments("confirmed")[::4]:
            appointments.cancel(one, by=self.admin, reason="other")

    def _try(self, slot: Slot, patient: Patient):
        appointments.book(slot.pk, by=patient.user)

    def appointments(self, state: str) -> list[Appointment]:
        found = Appointment.objects.filter(state=state).order_by("pk")
        return list(found.select_related("patient__user", "doctor__user"))

    def today(self) -> list[Appointment]:
        soon = Appointment.objects.filter(starts_at__lt=timezone.now() + timedelta(hours=2))
        return list(soon.select_related("patient__user", "doctor__user").order_by("pk"))

    def slots(self, state: str) -> list[Slot]:
        return list(Slot.objects.filter(state=state).order_by("pk"))

    def some(self, rows: list, count: int) -> list:
        """`count` of them in any order, more than once if there are fewer."""
        return [self.random.choice(rows) for _n in range(count)]

    def post(self, user: User, path: str, **form) -> Callable[[], Answer]:
        client = self.portal.client(user)
        client.timeout = PATIENCE
        return lambda: client.post(path, form)


def _where_it_is_noon() -> str:
    """A zone in which it is about noon, so that the next hour is of today there."""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}"
