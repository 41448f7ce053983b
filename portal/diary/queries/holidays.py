"""An office's coming holidays, and the slots on them (requirement B03)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from portal.clock.grid import local_day
from portal.enums import SlotState
from portal.models import Holiday, Office, Slot


@dataclass
class HolidayLine:
    """`free`: free slots, which are withdrawn on a closed day; `booked`: booked or on offer."""

    holiday: Holiday
    free: int = 0
    booked: int = 0


def coming_holidays(office: Office, today: date) -> list[HolidayLine]:
    """The holidays from `today` on, by date: two queries."""
    lines = {one.day: HolidayLine(one) for one in office.holidays.filter(day__gte=today)}
    if not lines:
        return []
    spans = Q()
    for day in lines:
        start, end = local_day(day, office.zone)
        spans |= Q(starts_at__gte=start, starts_at__lt=end)
    slots = (
        Slot.objects.live()
        .filter(spans, office=office)
        .annotate(day=TruncDate("starts_at", tzinfo=office.zone))
        .order_by()
        .values_list("day", "state")
        .annotate(n=Count("pk"))
    )
    for day, state, count in slots:
        line = lines[day]
        if state == SlotState.OPEN:
            line.free += count
        else:
            line.booked += count
    return list(lines.values())
