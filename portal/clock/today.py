"""Today's date: always that of an office's time zone, never the server's."""

from datetime import UTC, date, datetime, timedelta, tzinfo

from django.db.models import QuerySet
from django.utils import timezone

from portal.models import Office
from portal.models.staff import offices_of

_FARTHEST_AHEAD = timedelta(hours=14)  # of UTC, in any zone


def today_at(office: Office) -> date:
    """The date at that office."""
    return office.today


def today_in(zone: tzinfo, now: datetime | None = None) -> date:
    """The date in a time zone. Callers that have read the time already pass `now` (aware)."""
    return (now or timezone.now()).astimezone(zone).date()


def today_of_clinic() -> date:
    """The date at the clinic's first office, for callers without an office: one query."""
    return _today_at_first(Office.objects.all())


def today_for(user) -> date:
    """The date at the office where `user` works: a doctor's own, an assistant's first; for all
    other users, at the clinic's first office. One query."""
    offices = Office.objects.all()
    if user.is_doctor:
        offices = offices.filter(doctors__user=user)
    elif user.is_assistant:
        offices = offices.filter(pk__in=offices_of(user))
    return _today_at_first(offices)


def latest_today() -> date:
    """The latest date that it is anywhere on earth; nobody is born after it. No query."""
    return (timezone.now() + _FARTHEST_AHEAD).astimezone(UTC).date()


def _today_at_first(offices: QuerySet[Office]) -> date:
    first = offices.order_by("pk").only("time_zone").first()
    return first.today if first else today_in(UTC)
