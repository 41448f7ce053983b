"""The waiting list of the demo clinic: for a doctor, for a specialty, and for an earlier time."""

from datetime import datetime, timedelta

from portal.demo.diary import BUSIEST
from portal.models import Doctor, Patient, User, Wait

WAITING = 4  # for the busiest doctor


def make_waits(her: Patient | None, patients: list[Patient], *, by: User, now: datetime) -> None:
    """Adds entries only if there never were any. `by` is the desk."""
    doctor = Doctor.objects.filter(licence_number=BUSIEST.licence).first()
    if doctor is None or not patients or Wait.objects.exists():
        return
    made = [
        Wait(
            patient=patient,
            doctor=doctor,
            parts=("", "morning", "afternoon,evening", "")[number % 4],
            made_by=patient.user or by,
            made_at=now - timedelta(days=WAITING - number, minutes=37 * number),
        )
        for number, patient in enumerate(patients[:WAITING])
    ]
    made.append(_for_specialty(patients[-1], doctor, by=by, now=now))
    if her and (last := her.appointments.upcoming().order_by("starts_at").last()):
        made.append(
            Wait(patient=her, appointment=last, office=last.office, made_by=her.user, made_at=now)
        )
    Wait.objects.bulk_create(made)


def _for_specialty(patient: Patient, doctor: Doctor, *, by: User, now: datetime) -> Wait:
    """An entry for a patient without a login, who phoned."""
    return Wait(
        patient=patient,
        specialty=doctor.specialty,
        office=doctor.office,
        first_day=now.date(),
        last_day=now.date() + timedelta(days=21),
        made_by=by,
        made_at=now - timedelta(hours=5),
    )
