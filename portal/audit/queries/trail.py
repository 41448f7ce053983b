"""The audit trail as admins read it: filtered, newest first, never counted (requirement F01).

The time comes first: on PostgreSQL only those months are read. A page goes on after the last row of
the one before, so the thousandth page costs what the first does.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.audit.queries.erased import masked
from portal.clock.grid import local_day
from portal.database.written import planned_anew
from portal.models import AuditEvent, AuditSeal, Office, Patient, User
from portal.models.names import words_of
from portal.web.ids import id_of
from portal.web.pages import PAGE_SIZE

MOST_PEOPLE = 200  # a name that more people have has to be typed further
TOGETHER = 2_000  # rows that the export reads at once


@dataclass(frozen=True)
class Place:
    """Where a page goes on: below the row with this time and id."""

    at: datetime
    pk: int


@dataclass(frozen=True)
class TrailFilter:
    """`first` and `last` are dates in the zone of `clock`. `actors` and `patients` are ids; None
    means anybody."""

    first: date
    last: date | None = None
    actors: frozenset[int] | None = None
    patients: frozenset[int] | None = None
    role: str = ""
    verb: str = ""
    object_type: str = ""
    object_id: int | None = None
    below: Place | None = None


def clock() -> Office | None:
    """The office in whose time zone pages about the whole clinic show times: the first office. One
    query."""
    return Office.objects.order_by("pk").first()


def page_of_events(asked: TrailFilter, zone: ZoneInfo) -> tuple[list[AuditEvent], Place | None]:
    """Fifty events as they may be shown, and where the next page goes on, if there is one: one
    query and those of `masked`."""
    with planned_anew():
        found = list(_matching(asked, zone)[: PAGE_SIZE + 1])
    rows = masked(found[:PAGE_SIZE])
    more = len(found) > PAGE_SIZE
    return rows, Place(rows[-1].at, rows[-1].pk) if more else None


def all_events(asked: TrailFilter, zone: ZoneInfo, most: int) -> Iterator[list[AuditEvent]]:
    """The newest `most` events in parts, so that memory does not grow: one query for each part, and
    those of `masked`."""
    while most > 0:
        with planned_anew():
            found = list(_matching(asked, zone)[: min(TOGETHER, most)])
        if not found:
            return
        yield masked(found)
        most -= len(found)
        asked = replace(asked, below=Place(found[-1].at, found[-1].pk))


def event(pk: int) -> AuditEvent | None:
    """As it may be shown: one query and those of `masked`."""
    return next(iter(masked(AuditEvent.objects.filter(pk=pk))), None)


def names_of(events: Iterable[AuditEvent]) -> dict[int, str]:
    """The present names of the patients of these events, which `masked` has read, by id."""
    return {one.patient_id: one.patient_name for one in events if one.patient_id}


def head(*, since: datetime) -> tuple[AuditSeal, bool] | None:
    """The last seal, without its rows, and whether something that happened before `since` is not
    sealed. One query."""
    unsealed = AuditEvent.objects.filter(pk__gt=OuterRef("highest_id"), at__lt=since).order_by()
    seals = AuditSeal.objects.only("number", "sealed_at", "digest", "highest_id")
    last = seals.annotate(is_behind=Exists(unsealed)).first()
    return (last, bool(last.is_behind)) if last else None


@planned_anew()
def users_called(text: str) -> frozenset[int]:
    """Ids of the users whose name has all words of `text`, or with that number or mail address: one
    query."""
    if (pk := id_of(text)) is not None:
        return frozenset([pk])
    if "@" in text:
        found = User.objects.filter(email__iexact=text)
        return frozenset(found.order_by().values_list("pk", flat=True))
    users = User.objects.order_by()
    for word in words_of(text):
        users = users.filter(
            Q(search_name__joined__contains=word) | Q(doctor__search_name__joined__contains=word)
        )
    return frozenset(users.values_list("pk", flat=True)[:MOST_PEOPLE])


@planned_anew()
def patients_called(text: str) -> frozenset[int]:
    """The same for patients, with those who were merged into one with that number: one query, or
    for a number one for each step of a chain and one more."""
    if (pk := id_of(text)) is not None:
        return frozenset(Patient(pk=pk).with_merged())
    patients = Patient.objects.order_by()
    for word in words_of(text):
        patients = patients.filter(search_name__joined__contains=word)
    return frozenset(patients.values_list("pk", flat=True)[:MOST_PEOPLE])


def _matching(asked: TrailFilter, zone: ZoneInfo) -> QuerySet[AuditEvent]:
    found = AuditEvent.objects.filter(at__gte=local_day(asked.first, zone)[0])
    if asked.last:
        found = found.filter(at__lt=local_day(asked.last, zone)[1])
    exact = {
        "actor_role": asked.role,
        "verb": asked.verb,
        "object_type": asked.object_type,
        "object_id": asked.object_id,
    }
    found = found.filter(**{name: value for name, value in exact.items() if value})
    if asked.actors is not None:
        found = found.filter(actor_id__in=asked.actors)
    if asked.patients is not None:
        found = found.filter(patient_id__in=asked.patients)
    if asked.below:
        at, pk = asked.below.at, asked.below.pk
        found = found.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk), at__lte=at)
    return found.order_by("-at", "-pk")
