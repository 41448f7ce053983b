"""The directory of doctors and their free days (requirement A06)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Avg, Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from portal.enums import PartOfDay
from portal.models import ClinicSettings, Doctor, Review, Slot
from portal.models.names import fold
from portal.queries.slots import PART_HOURS, bookable


def directory(
    settings: ClinicSettings,
    *,
    name: str = "",
    specialty: int | None = None,
    office: int | None = None,
) -> QuerySet[Doctor]:
    """Listed doctors with `next_free` (UTC or None), `rating` (1–5 or None) and `rating_count`.

    One query, whatever the number of doctors.
    """
    free = bookable(settings).filter(doctor=OuterRef("pk")).order_by("starts_at")
    reviews = Review.objects.filter(doctor=OuterRef("pk")).order_by().values("doctor")
    doctors = Doctor.objects.listed().select_related("specialty", "office")
    for word in fold(name).split():
        doctors = doctors.filter(search_name__contains=word)
    if specialty:
        doctors = doctors.filter(specialty=specialty)
    if office:
        doctors = doctors.filter(office=office)
    return doctors.annotate(
        next_free=Subquery(free.values("starts_at")[:1]),
        rating=Subquery(reviews.annotate(mean=Avg("rating")).values("mean")),
        rating_count=Coalesce(Subquery(reviews.annotate(n=Count("pk")).values("n")), 0),
    ).order_by("name", "pk")


@dataclass
class FreeDay:
    """A date of the office's calendar, with the free slots on it (times in the office's zone)."""

    day: date
    times: list[tuple[int, datetime]] = field(default_factory=list)  # slot id, start

    @property
    def count(self) -> int:
        return len(self.times)

    def parts(self) -> list[tuple[PartOfDay, list[tuple[int, datetime]]]]:
        """The times grouped into the parts of the day that have any."""
        groups = []
        for part, (first, last) in PART_HOURS.items():
            times = [time for time in self.times if first <= time[1].hour <= last]
            if times:
                groups.append((part, times))
        return groups


def free_days(
    doctor: Doctor, *, settings: ClinicSettings, for_staff: bool = False
) -> list[FreeDay]:
    """The days on which the doctor has free slots, with their times: one query.

    A slot's day and times are those of its own office.
    """
    slots: QuerySet[Slot] = (
        bookable(settings, for_staff=for_staff)
        .filter(doctor=doctor)
        .order_by("starts_at", "pk")
        .values_list("pk", "starts_at", "office__time_zone")
    )
    days: dict[date, FreeDay] = {}
    for pk, starts_at, zone in slots:
        starts = starts_at.astimezone(ZoneInfo(zone))
        days.setdefault(starts.date(), FreeDay(starts.date())).times.append((pk, starts))
    return list(days.values())
