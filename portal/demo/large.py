"""A large clinic for measurements: each doctor offers whole days, and there are years of past
appointments."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from random import Random

from portal.demo import clerk as writing
from portal.demo.clerk import Clerk
from portal.demo.diary import make_slot
from portal.demo.history import make_review
from portal.demo.large_people import make_patients, make_staff
from portal.demo.places import Outcome, Place, Places
from portal.demo.progress import Progress
from portal.enums import AppointmentState as State
from portal.enums import SlotState
from portal.models import Appointment, ClinicSettings, Patient, Review, Slot, User

CHUNK = 5000
REVIEWED_SHARE = 0.1


@dataclass(frozen=True)
class Size:
    doctors: int
    patients: int
    past: int
    days: int


def fill(
    size: Size, *, now: datetime, random_seed: int, password: str | None, progress: Progress
) -> None:
    """Runs in the caller's transaction. Patients only go to the doctors of their own office."""
    rng = Random(f"{random_seed} {size}")
    with progress.stage("Doctors", size.doctors) as advance:
        staff = make_staff(size.doctors, rng, now=now, password=password)
        advance(size.doctors)
    with progress.stage("Patients", size.patients) as advance:
        patients = make_patients(
            size.patients, staff.offices, rng, now=now, password=password, advance=advance
        )
    places = Places(staff.doctors, ClinicSettings.current(), rng, now=now)
    filler = Filler(patients, rng, now=now, desk=staff.desk)
    with progress.stage("Past appointments", size.past) as advance:
        filler.write(places.past(size.past), advance)
    ahead = places.ahead(size.days)
    with progress.stage("Times from today on", len(ahead)) as advance:
        filler.write(ahead, advance)


class Filler:
    """Finds a patient for each booked time, and writes slots, appointments and reviews."""

    def __init__(self, patients: dict[int, list[Patient]], rng: Random, *, now, desk: User):
        self.patients = patients  # by office
        self.rng = rng
        self.now = now
        self.clerk = Clerk(now=now, desk=desk)
        self.busy: dict[datetime, set[int]] = defaultdict(set)  # start → patients

    def write(self, places: list[Place], advance: Callable[[int], None]) -> None:
        for chunk in _chunks(places):
            slots = Slot.objects.bulk_create(
                (self._slot(place) for place in chunk), batch_size=writing.BATCH
            )
            written = writing.write(
                self._appointment(slot, place)
                for slot, place in zip(slots, chunk, strict=True)
                if place.outcome != Outcome.FREE
            )
            Review.objects.bulk_create(
                make_review(one, self.rng)
                for one in written
                if one.state == State.COMPLETED and self.rng.random() < REVIEWED_SHARE
            )
            advance(len(chunk))

    def _slot(self, place: Place) -> Slot:
        state = SlotState.TAKEN if place.outcome == Outcome.HELD else SlotState.OPEN
        return make_slot(place.doctor, place.cell, state, now=self.now)

    def _appointment(self, slot: Slot, place: Place) -> Appointment:
        make = self.clerk.confirmed if place.outcome == Outcome.HELD else self.clerk.cancelled
        patient = self._somebody(slot)
        return make(slot, patient, self.rng, specialty=place.doctor.specialty.name)

    def _somebody(self, slot: Slot) -> Patient:
        """A patient of the office without an appointment at that time; there are as many patients
        as doctors."""
        patients, busy = self.patients[slot.office_id], self.busy[slot.starts_at]
        patient = self.rng.choice(patients)
        while patient.pk in busy:
            patient = self.rng.choice(patients)
        busy.add(patient.pk)
        return patient


def _chunks(places: list[Place]) -> Iterator[list[Place]]:
    rest = iter(places)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
