"""Five hundred changes of all kinds at the same moment, on the same few diaries."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import cycle
from random import Random
from uuid import uuid4

from urllib3 import HTTPHeaderDict

from portal.appointments.services import appointments, waitlist
from portal.diary.services import time_off
from portal.diary.services.time_off import Choice
from portal.errors import PortalError
from portal.models import Appointment, Doctor, Offer, Patient, Slot, User
from tests.factories import AdminFactory, DoctorFactory, OfficeFactory, in_days
from tests.reliability import life
from tests.reliability.clinic import make_patients, make_slots, statuses
from tests.servers.client import Answer, race

DOCTORS, SLOTS, PATIENTS = 6, 40, 100
PATIENCE = 300  # seconds: five hundred wait for two cores
AN_HOUR = timedelta(hours=1)
REFUSALS = {403, 404, 409, 422}


class Clinic:
    """Half of its times are booked, one doctor wants to be asked, some wait, some have offers."""

    def __init__(self, portal):
        self.portal = portal
        self.random = Random(7)
        office = OfficeFactory()
        self.admin = AdminFactory()
        doctors = DoctorFactory.create_batch(DOCTORS - 1, office=office)
        self.asks = DoctorFactory(office=office, on_request=True)
        self.doctors = [*doctors, self.asks]
        self.patients = make_patients(PATIENTS)
        for doctor in self.doctors:
            make_slots(SLOTS, doctor=doctor, day=5)
        self._book_half()
        self._request()
        self._wait_and_free()

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

    def slots(self, state: str) -> list[Slot]:
        return list(Slot.objects.filter(state=state).order_by("pk"))

    def some(self, rows: list, count: int) -> list:
        """`count` of them in any order, more than once if there are fewer."""
        return [self.random.choice(rows) for _n in range(count)]

    def post(self, user: User, path: str, **form) -> Callable[[], Answer]:
        client = self.portal.client(user)
        client.timeout = PATIENCE
        return lambda: client.post(path, form)


def books(clinic: Clinic, count: int):
    for slot in clinic.some(clinic.slots("open"), count):
        by = clinic.random.choice(clinic.patients).user
        yield clinic.post(by, f"/slots/{slot.pk}/book/", mode="in_person", token=uuid4())


def moves(clinic: Clinic, count: int):
    free = clinic.slots("open")
    for one in clinic.some(clinic.appointments("confirmed"), count):
        by = clinic.random.choice([one.patient.user, clinic.admin])
        path = f"/appointments/{one.pk}/reschedule/"
        yield clinic.post(by, path, slot=clinic.random.choice(free).pk)


def cancellations(clinic: Clinic, count: int):
    for one in clinic.some(clinic.appointments("confirmed"), count):
        yield clinic.post(one.patient.user, f"/appointments/{one.pk}/cancel/", reason="health")


def answers_to_requests(clinic: Clinic, count: int):
    for number, one in enumerate(clinic.some(clinic.appointments("requested"), count)):
        by = clinic.random.choice([one.doctor.user, clinic.admin])
        verb = "decline" if number % 5 == 0 else "accept"
        yield clinic.post(by, f"/requests/{one.pk}/{verb}/", words="Fully booked")


def transfers(clinic: Clinic, count: int):
    for one in clinic.some(clinic.appointments("confirmed"), count):
        to: Doctor = clinic.random.choice(clinic.doctors)
        old = clinic.random.choice(["free", "withdraw"])
        yield clinic.post(clinic.admin, f"/appointments/{one.pk}/transfer/", to=to.pk, old=old)


def answers_to_offers(clinic: Clinic, count: int):
    offers = list(Offer.objects.filter(state="open").select_related("wait__patient__user"))
    for number, offer in enumerate(clinic.some(offers, count)):
        verb = "decline" if number % 5 == 0 else "accept"
        by = clinic.random.choice([offer.wait.patient.user, clinic.admin])
        yield clinic.post(by, f"/offers/{offer.pk}/{verb}/")


def times_off(clinic: Clinic, count: int):
    """By the service, for the page takes two steps; what is in it is cancelled."""
    for number in range(count):
        doctor = clinic.doctors[number % DOCTORS]
        starts_at = in_days(5) + timedelta(hours=number)
        held = doctor.appointments.live().filter(
            starts_at__lt=starts_at + AN_HOUR, ends_at__gt=starts_at
        )
        choices = {
            one.pk: Choice(
                one.version, "decline" if one.state == "requested" else "cancel", message="Away"
            )
            for one in held
        }
        yield partial(_take_time_off, doctor, starts_at, choices)


def _take_time_off(doctor: Doctor, starts_at, choices) -> Answer:
    try:
        time_off.take_time_off(
            doctor,
            starts_at=starts_at,
            ends_at=starts_at + AN_HOUR,
            choices=choices,
            by=doctor.user,
        )
    except PortalError as refusal:
        return Answer(refusal.status, str(refusal), HTTPHeaderDict())
    return Answer(302, "", HTTPHeaderDict())


MIX = (
    (books, 130),
    (moves, 90),
    (cancellations, 70),
    (answers_to_requests, 80),
    (transfers, 60),
    (answers_to_offers, 50),
    (times_off, 10),
)


def test_500_changes_of_all_kinds_at_once(portal):
    clinic = Clinic(portal)
    actions = [(kind.__name__, act) for kind, count in MIX for act in kind(clinic, count)]
    clinic.random.shuffle(actions)

    answers = race([act for _kind, act in actions])

    assert set(statuses(answers)) <= {302} | REFUSALS, portal.log
    assert "deadlock" not in portal.log
    assert life.broken() == []
    done = Counter(
        kind for (kind, _act), answer in zip(actions, answers, strict=True) if answer.status == 302
    )
    assert set(done) == {kind.__name__ for kind, _count in MIX}, done
    assert len(answers) >= 490
