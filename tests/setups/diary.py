"""Short ways to say what a doctor's diary holds, around Wednesday 4 March 2026 in Madrid."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from portal.diary.services import availability
from portal.enums import SlotState
from portal.models import Slot
from tests.factories import AppointmentFactory, SlotFactory

DAY = date(2026, 3, 4)
NOW = datetime(2026, 3, 3, 11, tzinfo=UTC)  # Tuesday noon in Madrid
MADRID = ZoneInfo("Europe/Madrid")


def at(text: str, day: date = DAY, fold: int = 0) -> datetime:
    return (
        datetime.combine(day, time.fromisoformat(text), MADRID).replace(fold=fold).astimezone(UTC)
    )


def slot_at(doctor, text: str, day: date = DAY, **fields) -> Slot:
    return SlotFactory(doctor=doctor, starts_at=at(text, day), **fields)


def book_at(doctor, text: str, day: date = DAY):
    return AppointmentFactory(doctor=doctor, starts_at=at(text, day))


def times(doctor, state=SlotState.OPEN, zone=MADRID) -> list[str]:
    slots = doctor.slots.filter(state=state).order_by("starts_at")
    return [f"{slot.starts_at.astimezone(zone):%d %H:%M}" for slot in slots]


def set_day(doctor, *texts: str, day: date = DAY, by=None, **options):
    starts = [at(text, day) for text in texts]
    options.setdefault("office", doctor.office)
    return availability.set_day(doctor, day=day, starts=starts, by=by or doctor.user, **options)


def set_range(doctor, first: str, last: str, *, free: bool = True, day: date = DAY, **options):
    options = {"office": doctor.office, "by": doctor.user, **options}
    return availability.set_range(
        doctor,
        day=day,
        first=time.fromisoformat(first),
        last=time.fromisoformat(last),
        free=free,
        **options,
    )


def copy_day(doctor, *targets: date, source: date = DAY):
    return availability.copy_day(
        doctor, office=doctor.office, source=source, targets=targets, by=doctor.user
    )
