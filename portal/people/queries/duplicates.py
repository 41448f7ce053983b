"""Possible duplicates of a patient whom the desk is about to enter (requirement A09)."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from portal.database.phones import plain_phone
from portal.models import GONE, Appointment, Patient
from portal.models.names import fold, joined

MOST = 20  # a phone number that so many share tells nobody apart
MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Likely:
    """An existing patient with two identifiers and the last visit."""

    pk: int
    name: str
    born: date | None
    born_about: int | None  # the year, if the date is not known
    phone: str  # E.164
    last_visit: date | None  # at its office


def likely_duplicates(*, name: str, phone: str, born: date | None) -> list[Likely]:
    """Patients with the same phone (E.164), or with the same name in any spelling, last name first
    or last, and no other date of birth; the same name first. At most MOST. One query.

    If only one of the two has a date of birth, they may be the same person.
    """
    same = orders_of(name)
    named = Q(search_name__joined__in=sorted(same))
    if born:
        named &= Q(date_of_birth=born) | Q(date_of_birth=None)
    condition = named | Q(phone=phone) if phone else named
    visits = (
        Appointment.objects.filter(patient=OuterRef("pk"), starts_at__lte=timezone.now())
        .exclude(state__in=GONE)
        .order_by("-starts_at", "-pk")
    )
    found = (
        Patient.objects.listed()
        .filter(condition)
        .values_list(
            "pk",
            "name",
            "date_of_birth",
            "birth_year_about",
            plain_phone("phone"),
            Subquery(visits.values("starts_at")[:1]),
            Subquery(visits.values("office__time_zone")[:1]),
        )
    )
    likely = [
        Likely(pk, name, born_on, about, number, _day(at, zone))
        for pk, name, born_on, about, number, at, zone in found.order_by("pk")[:MOST]
    ]
    return sorted(likely, key=lambda one: joined(one.name) not in same)


def orders_of(name: str) -> set[str]:
    """The joined name in all rotations of its words, because “Ruiz, Ana” is “Ana Ruiz”."""
    words = fold(name).split()
    if len(words) > MOST_WORDS:
        return {"".join(words)}
    return {"".join(words[first:] + words[:first]) for first in range(len(words))}


def _day(at: datetime | None, zone: str) -> date | None:
    return at and at.astimezone(ZoneInfo(zone)).date()
