"""Nothing that people should be told is lost, and it is told once (D06)."""

import random
import sys
import time
from collections import Counter
from functools import partial

import pytest

from portal.appointments.services import appointments
from portal.models import Appointment, Notification, Patient
from portal.notifications.services.wording import message_id
from tests.factories import DoctorFactory
from tests.plugins.selection import length
from tests.reliability.clinic import make_patients, make_slots
from tests.reliability.outbox import MailServer, settled, sms_copies, wait_for

pytestmark = pytest.mark.reliability

# Of a hundred mails: 10 refused for now, 10 broken off, 10 taken and broken off before the answer.
WHIMS = {"later": 5, "full": 5, "drop": 10, "cut": 10}
TENTHS = length(each_commit=3, full=10)
BOOKED, CANCELLED, MOVED = 60 * TENTHS, 20 * TENTHS, 20 * TENTHS  # with --full a thousand events
EARLY = 10 * TENTHS  # of the cancelled ones, before any worker runs
KILLS = length(each_commit=10, full=25)
PATIENCE = 240  # seconds; half a minute is enough on a machine with nothing else to do
STRADDLING = 5  # seconds between the last look at an appointment and the mail, on a busy machine


class Clinic:
    """Patients who book, and some of whom cancel or move, in random order."""

    def __init__(self):
        doctors = [DoctorFactory() for _number in range(20)]
        slots = [slot for doctor in doctors for slot in make_slots(50, doctor=doctor)]
        self.patients = make_patients(BOOKED)
        for number, patient in enumerate(self.patients):
            patient.phone = f"+346{number:08d}"
        Patient.objects.bulk_update(self.patients, ["phone"])
        self.booked: dict[int, Appointment] = {}
        self.cancelled_at: dict[int, float] = {}
        self._free = iter(slots)

    def book(self, number: int) -> None:
        user = self.patients[number].user
        self.booked[number] = appointments.book(next(self._free).pk, by=user)

    def cancel(self, number: int) -> None:
        appointment = self.booked[number]
        appointments.cancel(appointment, by=self.patients[number].user, reason="health")
        self.cancelled_at[appointment.pk] = time.time()

    def move(self, number: int) -> None:
        user = self.patients[number].user
        appointments.reschedule(self.booked[number], slot_id=next(self._free).pk, by=user)

    def events(self) -> tuple[list, list]:
        """What happens before any worker runs, and what happens while they do."""
        early = [partial(do, number) for number in range(EARLY) for do in (self.book, self.cancel)]
        late = [partial(self.book, number) for number in range(EARLY, BOOKED)]
        changed = random.sample(range(EARLY, BOOKED), CANCELLED - EARLY + MOVED)
        for place, number in enumerate(changed):
            do = self.move if place < MOVED else self.cancel
            booking = next(at for at, event in enumerate(late) if event.args == (number,))
            late.insert(random.randint(booking + 1, len(late)), partial(do, number))
        return early, late


def test_D06_of_many_events_none_is_lost_and_none_told_twice(start_workers, capsys):
    clinic = Clinic()
    early, late = clinic.events()
    assert len(early) + len(late) == BOOKED + CANCELLED + MOVED
    for event in early:
        event()

    started = time.monotonic()
    with MailServer(whims=WHIMS) as mail_server:
        workers = start_workers(mail_server, processes=3)
        for number, event in enumerate(late):
            event()
            if number % 60 == 0:
                workers.kill_one()
        written = time.monotonic() - started
        while workers.kills < KILLS and not settled():
            workers.kill_one()
            time.sleep(random.uniform(1, 2))
        wait_for(settled, seconds=PATIENCE)
    _report(capsys, mail_server, workers, written, time.monotonic() - started)

    states = Counter(Notification.objects.values_list("state", flat=True))
    assert set(states) == {"sent", "void"}, workers.log
    sent = Notification.objects.filter(state="sent", channel="email")
    assert set(mail_server.copies) >= {message_id(one) for one in sent}
    texts = Notification.objects.filter(state="sent", channel="sms").values_list("pk", flat=True)
    texts_sent = sms_copies(workers.folder)
    assert set(texts_sent) >= set(texts)
    twice = _twice(mail_server.copies) + _twice(texts_sent)
    assert twice <= workers.kills + mail_server.did["cut"]
    assert _not_meant(clinic, mail_server) == []


def _twice(copies: Counter) -> int:
    return sum(copies.values()) - len(copies)


def _not_meant(clinic: Clinic, mail_server: MailServer) -> list[str]:
    """Mails that say an appointment stands, although it had been cancelled before."""
    told = {
        message_id(one): one
        for one in Notification.objects.filter(channel="email").exclude(
            event="appointment_cancelled"
        )
    }
    never = time.time()
    return [
        told[name].key
        for name, moment in mail_server.taken
        if name in told
        and moment > clinic.cancelled_at.get(told[name].appointment_id, never) + STRADDLING
    ]


def _report(capsys, mail_server, workers, written: float, seconds: float) -> None:
    with capsys.disabled():
        sys.stdout.write(
            f"\n{dict(mail_server.did)}, {len(mail_server.taken)} mails taken,"
            f" {_twice(mail_server.copies)} twice, {workers.kills} kills,"
            f" events written in {written:.0f} s, all settled after {seconds:.0f} s\n"
        )
