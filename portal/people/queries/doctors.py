"""The directory of doctors and their free days (requirement A06)."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias, TypedDict
from zoneinfo import ZoneInfo

from django.db.models import Avg, Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django_stubs_ext import StrOrPromise, WithAnnotations

from portal.database.written import one
from portal.enums import PartOfDay
from portal.models import ClinicSettings, Doctor, Office, Review, Slot, User
from portal.models.languages import LANGUAGES, codes_of
from portal.models.names import fold, words_of
from portal.slots.queries.slots import PART_HOURS, bookable, prepared
from portal.web import choices


class Listing(TypedDict):
    """What the directory adds to a doctor."""

    next_free: datetime | None  # UTC
    rating: float | None  # 1–5
    rating_count: int


ListedDoctor: TypeAlias = "WithAnnotations[Doctor, Listing]"


def directory(
    settings: ClinicSettings,
    *,
    name: str = "",
    specialty: int | None = None,
    office: int | None = None,
    language: str = "",
) -> QuerySet[ListedDoctor]:
    """Listed doctors, each with what stands in `Listing`; `language` is an ISO 639-1 code.

    One query, whatever the number of doctors.
    """
    doctors = Doctor.objects.listed()
    for word in words_of(name):
        doctors = doctors.filter(search_name__joined__contains=word)
    if specialty:
        doctors = doctors.filter(specialty=specialty)
    if office:
        doctors = doctors.filter(office=office)
    if language:
        doctors = doctors.speaking(language)
    return _with_listing(doctors, bookable(settings)).order_by("search_name", "pk")


def preview(settings: ClinicSettings, *, by: User) -> QuerySet[ListedDoctor]:
    """Doctors who are not listed and whose page `by` sees in advance: their own, and for admins all
    (A02). As `directory`: one query."""
    hidden = Doctor.objects.all() if by.is_admin else Doctor.objects.filter(user=by)
    return _with_listing(hidden, prepared(settings))


def languages_spoken() -> list[tuple[str, StrOrPromise]]:
    """(code, name) of the languages that listed doctors speak, by name: one query."""
    found = Doctor.objects.listed().order_by().values_list("languages", flat=True).distinct()
    codes = {code for languages in found for code in codes_of(languages)} & set(LANGUAGES)
    return sorted(((code, LANGUAGES[code]) for code in codes), key=lambda one: fold(str(one[1])))


def _with_listing(doctors: QuerySet[Doctor], times: QuerySet[Slot]) -> QuerySet[ListedDoctor]:
    free = times.filter(doctor=OuterRef("pk")).order_by("starts_at")
    reviews = Review.objects.filter(doctor=OuterRef("pk")).order_by().values("doctor")
    return doctors.select_related("user", "specialty", "office").annotate(
        next_free=Subquery(free.values("starts_at")[:1]),
        rating=Subquery(reviews.annotate(mean=Avg("rating")).values("mean")),
        rating_count=Coalesce(Subquery(reviews.annotate(n=Count("pk")).values("n")), 0),
    )


def of_user(user: User, offices: list[Office] | None = None) -> Doctor | None:
    """The signed-in doctor, with their office: one query, and one more without `offices`.

    Written as SQL, because the pages of a doctor's day begin with it.
    """
    doctor = one(Doctor, "user_id", user.pk)
    if doctor:
        doctor.user = user
        near = choices.every_office() if offices is None else offices
        doctor.office = next(one for one in near if one.pk == doctor.office_id)
    return doctor


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A free slot for the page; `starts` is in the zone of the slot's office."""

    pk: int
    starts: datetime
    time_zone: str  # of the office
    office_id: int
    office: str
    audience: str


@dataclass
class FreeDay:
    """A date at the office, with the free slots on it."""

    day: date
    times: list[FreeTime] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.times)

    def parts(self) -> list[tuple[PartOfDay, list[FreeTime]]]:
        """The times grouped by parts of the day; empty parts are left out."""
        groups = []
        for part, (first, last) in PART_HOURS.items():
            times = [time for time in self.times if first <= time.starts.hour <= last]
            if times:
                groups.append((part, times))
        return groups


def free_days(
    doctor: Doctor,
    first_day: date,
    count: int,
    *,
    settings: ClinicSettings,
    by: User | None = None,
) -> list[FreeDay]:
    """`count` days from `first_day`, each with the doctor's free times, including empty days: one
    query.

    The day and time of a slot are those at its own office. If the doctor, who has its user, is not
    listed, they are the times that patients would see.
    """
    days = {day: FreeDay(day) for day in (first_day + timedelta(n) for n in range(count))}
    around = (  # a day wider than any zone needs; the calendar below decides
        datetime.combine(first_day - timedelta(1), time(), UTC),
        datetime.combine(first_day + timedelta(count + 1), time(), UTC),
    )
    free = bookable(settings, by=by) if doctor.is_listed else prepared(settings)
    slots = (
        free.filter(doctor=doctor, starts_at__range=around)
        .order_by("starts_at", "pk")
        .values_list(
            "pk", "starts_at", "office__time_zone", "office_id", "office__name", "audience"
        )
    )
    for pk, starts_at, zone, office_id, office, audience in slots:
        starts = starts_at.astimezone(ZoneInfo(zone))
        if starts.date() in days:
            days[starts.date()].times.append(
                FreeTime(pk, starts, zone, office_id, office, audience)
            )
    return list(days.values())
