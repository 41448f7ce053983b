"""The past of the demo clinic."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from portal.clock.grid import GridTime
from portal.demo.diary import Diary, cells_of, make_slot
from portal.demo.words import REVIEW_COMMENTS
from portal.enums import AppointmentState as State
from portal.enums import SlotState
from portal.models import Appointment, Patient, Review, Slot

DAYS_BACK = 270
RECENT_DAYS, RECENT_SHARE, EARLIER_SHARE = 14, 0.16, 0.03
REBOOKED_SHARE = 0.1  # appointments whose time somebody else had cancelled before

# Licence → days ago: what patient@example.com has been here for.
VISITS = {"28/41007": 12, "28/52980": 47, "46/33871": 118, "28/43519": 204}

RATINGS = {5: 55, 4: 28, 3: 10, 2: 4, 1: 3}


def past_appointments(diary: Diary, her: Patient | None) -> list[Appointment]:
    """One doctor's appointments of the last nine months, not saved; saves their slots.

    One of each doctor in VISITS belongs to patient@example.com.
    """
    rng = Random(f"history {diary.demo.licence}")
    slots = Slot.objects.bulk_create(
        make_slot(diary.doctor, cell, SlotState.TAKEN, now=diary.clerk.now)
        for cell in _past_cells(diary, rng)
    )
    visit = _visit_of(diary, slots)
    made = []
    for slot in slots:
        patient = her if slot is visit else diary.somebody(slot, rng)
        if patient is None:
            raise LookupError("Nobody of the demo is free")
        diary.pool.take(patient, slot)
        specialty = diary.demo.specialty
        state = {"state": State.COMPLETED} if slot is visit else {}
        made.append(diary.clerk.confirmed(slot, patient, rng, specialty=specialty, **state))
        if rng.random() < REBOOKED_SHARE and (other := diary.somebody(slot, rng)):
            made.append(diary.clerk.cancelled(slot, other, rng, specialty=specialty))
    return made


def write_reviews(completed: list[Appointment], her: Patient | None) -> list[Review]:
    """Fewer than half of the patients write a review; patient@example.com does, except after the
    last visit."""
    rng = Random("reviews")
    hers = her.pk if her else None
    latest = max(
        (one for one in completed if one.patient_id == hers), key=lambda one: one.starts_at
    )
    return Review.objects.bulk_create(
        make_review(one, rng)
        for one in completed
        if one is not latest and (one.patient_id == hers or rng.random() < 0.45)
    )


def _past_cells(diary: Diary, rng: Random) -> Iterator[GridTime]:
    for ago in range(DAYS_BACK, 0, -1):
        day: date = diary.today - timedelta(days=ago)
        cells = cells_of(diary.demo, day, diary.settings, diary.zone)
        share = RECENT_SHARE if ago <= RECENT_DAYS else EARLIER_SHARE
        yield from rng.sample(cells, int(len(cells) * share + rng.random()))


def _visit_of(diary: Diary, slots: list[Slot]) -> Slot | None:
    ago = VISITS.get(diary.demo.licence)
    if ago is None:
        return None
    about = diary.clerk.now - timedelta(days=ago)
    return min(slots, key=lambda slot: abs(slot.starts_at - about))


def make_review(one: Appointment, rng: Random) -> Review:
    rating = rng.choices(*zip(*RATINGS.items(), strict=True))[0]
    has_comment = rng.random() < 0.6
    return Review(
        appointment=one,
        doctor_id=one.doctor_id,
        rating=rating,
        comment=rng.choice(REVIEW_COMMENTS[rating]) if has_comment else "",
        is_anonymous=rng.random() < 0.3,
        created_at=one.ends_at + timedelta(minutes=rng.randint(30, 4000)),
    )
