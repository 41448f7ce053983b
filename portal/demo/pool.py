"""Chooses a demo patient for each slot."""

from collections import defaultdict
from datetime import datetime
from random import Random

from portal.enums import AppointmentState, Gender
from portal.models import Appointment, Patient, Slot

UPCOMING_AT_MOST = 6


class Pool:
    """The demo patients with their appointments; nobody has two at the same time."""

    def __init__(self, patients: list[Patient], *, now: datetime):
        self.now = now
        self.patients = patients
        self.busy: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
        rows = Appointment.objects.filter(patient__in=patients).exclude(
            state=AppointmentState.CANCELLED
        )
        for patient, starts_at, ends_at in rows.values_list("patient", "starts_at", "ends_at"):
            self.busy[patient].append((starts_at, ends_at))

    def pick(self, slot: Slot, rng: Random, *, specialty: str, near: str) -> Patient | None:
        """A patient who is free then; preferably one from the province `near` without an
        appointment that day."""
        able = [
            patient
            for patient in self.patients
            if self.is_free(patient, slot)
            and (specialty != "Gynaecology" or patient.gender == Gender.FEMALE)
        ]
        if not able:
            return None
        rng.shuffle(able)
        return min(able, key=lambda patient: self._reluctance(patient, slot, near))

    def take(self, patient: Patient, slot: Slot) -> None:
        self.busy[patient.pk].append((slot.starts_at, slot.ends_at))

    def is_free(self, patient: Patient, slot: Slot) -> bool:
        return not any(
            starts < slot.ends_at and ends > slot.starts_at
            for starts, ends in self.busy[patient.pk]
        )

    def _reluctance(self, patient: Patient, slot: Slot, near: str) -> tuple:
        times = [starts for starts, _ends in self.busy[patient.pk]]
        same_day = any(starts.date() == slot.starts_at.date() for starts in times)
        upcoming = sum(starts > self.now for starts in times)
        return same_day, upcoming >= UPCOMING_AT_MOST, province(patient.address) != near


def province(address: str) -> str:
    """The first two digits of a Spanish postcode: `"…, 28012 Madrid"` → `"28"`."""
    return address.rpartition(",")[2].strip()[:2]
