"""Two demo doctors who accept each request themselves, and requests that wait for them (B10)."""

from datetime import timedelta
from random import Random

from portal.demo.diary import Diary
from portal.enums import AppointmentState as State
from portal.models import Appointment, Doctor, Patient, Slot

ON_REQUEST = ("28/43519", "46/33871")
# How many ask for each of so many free times, and whether the doctor has seen that.
WISHES = ((2, True), (1, False))
FIRST_DAY, LAST_DAY = 3, 9  # from today


def ask_first() -> None:
    """Only in the first run, so that a change made in the demo stays."""
    Doctor.objects.filter(licence_number__in=ON_REQUEST).update(on_request=True)


def requests_for(diary: Diary) -> list[Appointment]:
    """Requests, not saved, if the doctor accepts requests and none waits for an answer."""
    doctor, now = diary.doctor, diary.clerk.now
    waiting = doctor.appointments.filter(state=State.REQUESTED, answer_by__gt=now)
    if not doctor.on_request or waiting.exists():
        return []
    rng = Random(f"requests {diary.demo.licence} {diary.today}")
    free = diary.free_between(now + timedelta(days=FIRST_DAY), now + timedelta(days=LAST_DAY))
    free = [slot for slot in free if not slot.has_requests]
    made = []
    for slot, (count, is_seen) in zip(
        rng.sample(free, min(len(free), len(WISHES))), WISHES, strict=False
    ):
        asked = [_request(diary, slot, rng, is_seen=is_seen) for _n in range(count)]
        made += [one for one in asked if one]
        Slot.objects.filter(pk=slot.pk).update(has_requests=True)
    return made


def _request(diary: Diary, slot: Slot, rng: Random, *, is_seen: bool) -> Appointment | None:
    patient = _somebody_with_a_login(diary, slot, rng)
    if patient is None:
        return None
    diary.pool.take(patient, slot)
    now = diary.clerk.now
    booked_at = now - timedelta(minutes=rng.randint(20, 400))
    return diary.clerk.requested(
        slot,
        patient,
        rng,
        specialty=diary.demo.specialty,
        booked_at=booked_at,
        answer_by=booked_at + timedelta(hours=48),
        seen_at=booked_at + timedelta(minutes=15) if is_seen else None,
    )


def _somebody_with_a_login(diary: Diary, slot: Slot, rng: Random) -> Patient | None:
    """Patients without a login phone, and are booked at once."""
    able = [one for one in diary.pool.patients if one.user_id and diary.pool.is_free(one, slot)]
    return rng.choice(able) if able else None
