"""Which day it is: never the server's date, always that of an office's calendar."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from portal.models.office import Office

_FARTHEST_AHEAD = timedelta(hours=14)  # of UTC, in any zone


def today_in(zone: tzinfo, now: datetime | None = None) -> date:
    """`now` (aware) is for those who have read the clock already."""
    return (now or timezone.now()).astimezone(zone).date()


def today_at(office: Office) -> date:
    """On the clock of that office."""
    return today_in(office.zone)


def today_of_clinic() -> date:
    """At the clinic's first office, for where no office is at hand: one query."""
    return today_at_first(Office.objects.all())


def today_at_first(offices: QuerySet[Office]) -> date:
    """At the one of them that was made first: one query."""
    zone = offices.order_by("pk").values_list("time_zone", flat=True).first()
    return today_in(ZoneInfo(zone or "UTC"))


def latest_today() -> date:
    """The day that has begun where days begin first: nobody is born later. No query."""
    return (timezone.now() + _FARTHEST_AHEAD).astimezone(UTC).date()
