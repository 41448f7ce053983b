"""Patients who may be the one that the desk is about to enter (requirement A09)."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from portal.database.phones import plain_phone
from portal.models import GONE, Appointment, Patient
from portal.models.names import fold

MOST = 20  # a phone number that so many share tells nobody apart


@dataclass(frozen=True, slots=True)
class Likely:
    """A patient with what tells them from another: two identifiers, and their last visit."""

    pk: int
    name: str
    born: date | None
    phone: str  # E.164
    last_visit: date | None  # at its office


def likely_duplicates(*, name: str, phone: str, born: date | None) -> list[Likely]:
    """Those with the same phone (E.164), or the same name in any case and without accents and no
    other date of birth; the same name first. At most MOST. One query.

    A birthday that is known on one side only tells nobody apart.
    """
    folded = fold(name)
    named = Q(search_name=folded)
    if born:
        named &= Q(date_of_birth=born) | Q(date_of_birth=None)
    condition = named | Q(phone=phone) if phone else named
    visits = (
        Appointment.objects.filter(patient=OuterRef("pk"), starts_at__lte=timezone.now())
        .exclude(state__in=GONE)
        .order_by("-starts_at", "-pk")
    )
    found = Patient.objects.filter(condition).values_list(
        "pk",
        "name",
        "date_of_birth",
        plain_phone("phone"),
        Subquery(visits.values("starts_at")[:1]),
        Subquery(visits.values("office__time_zone")[:1]),
    )
    likely = [
        Likely(*who, last_visit=_day(at, zone)) for *who, at, zone in found.order_by("pk")[:MOST]
    ]
    return sorted(likely, key=lambda one: fold(one.name) != folded)


def _day(at: datetime | None, zone: str) -> date | None:
    return at and at.astimezone(ZoneInfo(zone)).date()
