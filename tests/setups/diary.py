"""Short ways to say what a doctor's diary holds, around Wednesday 4 March 2026 in Madrid."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone

from portal.clock.grid import cells_between, day_grid
from portal.diary.services import availability, day_copies
from portal.diary.services.day_copies import Copy
from portal.enums import HolidayState, SlotState
from portal.models import ClinicSettings, Holiday, Slot
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
    """The half hours from `first` to `last` are free, or not; the rest of the day stays."""
    office = options.setdefault("office", doctor.office)
    cells = cells_between(
        time.fromisoformat(first), time.fromisoformat(last), day, office.zone, settings()
    )
    stretch = {cell.starts_at for cell in cells if cell.starts_at > timezone.now()}
    grid = {cell.starts_at for cell in day_grid(day, office.zone, settings())}
    standing = doctor.slots.live().filter(office=office, starts_at__in=grid)
    starts = set(standing.values_list("starts_at", flat=True))
    starts = starts | stretch if free else starts - stretch
    options.setdefault("by", doctor.user)
    return availability.set_day(doctor, day=day, starts=starts, **options)


def close_day(office, day: date = DAY, name: str = "Feast") -> Holiday:
    """The office is closed then; whatever stands on the day stays."""
    state = HolidayState.CONFIRMED
    return Holiday.objects.create(office=office, day=day, name=name, state=state)


def settings() -> ClinicSettings:
    return ClinicSettings.current()


def plan_copy(doctor, *targets: date, source: date = DAY, confirmed=None) -> Copy:
    return day_copies.copy_day(
        doctor,
        office=doctor.office,
        source=source,
        targets=targets,
        confirmed=confirmed,
        by=doctor.user,
    )


def copy_day(doctor, *targets: date, source: date = DAY):
    """Look at it, then confirm it; what became of each day."""
    seen = plan_copy(doctor, *targets, source=source)
    return plan_copy(doctor, *targets, source=source, confirmed=seen.digest).changes
