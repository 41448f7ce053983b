"""All messages and their states, for admins and for an appointment's page (requirement D03)."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet

from portal.clock.grid import local_day
from portal.database.phones import plain_phone
from portal.database.written import planned_anew
from portal.enums import NotificationState
from portal.models import Appointment, AuditEvent, Broadcast, Notification, Office, Patient, User
from portal.models.names import words_of
from portal.web.pages import PAGE_SIZE, Page, page_of

# A name that more people have than this has to be typed further.
_MOST_PEOPLE = 200

_COLUMNS = (
    "pk",
    "created_at",
    "event",
    "channel",
    "state",
    "attempts",
    "answer",
    "address",
    "user__name",
    "user__email",
    "patient__name",
    plain_phone("patient__phone"),
    "appointment_id",
    "appointment__reference",
)


@dataclass(frozen=True)
class LedgerFilter:
    """The filters. `text` is a name or an appointment's reference; `day` is a date in the zone of
    `clock`."""

    state: str = ""
    channel: str = ""
    event: str = ""
    text: str = ""
    day: date | None = None
    broadcast: int | None = None


@dataclass(slots=True)
class LedgerRow:
    pk: int
    created_at: datetime
    event: str
    channel: str
    state: str
    attempts: int
    answer: str
    address: str  # where it went, once that was known
    user: str | None
    email: str | None
    patient: str | None
    phone: str | None  # E.164
    appointment_id: int | None
    reference: str | None


@dataclass(slots=True)
class AppointmentMessage:
    """One message in the list on the page of its appointment."""

    kind: str | None  # of the recipient: "patient" or "doctor"
    event: str
    channel: str
    state: str
    created_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    answer: str
    proxy: str | None  # who was told in the patient's place


def clock() -> Office | None:
    """The office in whose time zone pages about the whole clinic show times: the first office. One
    query."""
    return Office.objects.order_by("pk").first()


def page_of_messages(asked: LedgerFilter, zone: ZoneInfo, page: int = 1) -> Page[LedgerRow]:
    """Page `page` (from 1), newest first: two queries; with a text up to three more.

    Only the rows of this page are joined to the names, because joining all rows before sorting is
    slow.
    """
    start = (page - 1) * PAGE_SIZE
    # A day is read by its own index, which PostgreSQL takes only if the order is the index's too.
    order = ("-created_at", "-pk") if asked.day else ("-pk",)
    found = _matching(asked, zone).order_by(*order).values_list("pk", flat=True)
    ids = list(found[start : start + PAGE_SIZE + 1])
    rows = Notification.objects.filter(pk__in=ids).order_by(*order).values_list(*_COLUMNS)
    return page_of([LedgerRow(*row) for row in rows], page)


def failed_ids(asked: LedgerFilter, zone: ZoneInfo, most: int) -> list[int]:
    """Ids of the failed messages that match the filter, oldest first, at most `most` of them: as
    many queries as `page_of_messages`."""
    failed = _matching(asked, zone).filter(state=NotificationState.FAILED)
    return list(failed.order_by("pk").values_list("pk", flat=True)[:most])


def counts() -> dict[str, int]:
    """The number of waiting and of failed messages, by state: one query on an index."""
    states = [NotificationState.QUEUED, NotificationState.SENDING, NotificationState.FAILED]
    found = Notification.objects.filter(state__in=states).order_by()
    counted: dict[str, int] = dict.fromkeys(states, 0)
    return counted | dict(found.values_list("state").annotate(messages=Count("pk")))


def of_appointment(appointment: Appointment) -> list[AppointmentMessage]:
    """The messages about it, newest first: one query."""
    columns = ("facts__for", "event", "channel", "state", "created_at", "sent_at", "delivered_at")
    found = appointment.notifications.order_by("-pk").values_list(
        *columns, "answer", "facts__proxy"
    )
    return [AppointmentMessage(*row) for row in found[:PAGE_SIZE]]


def retries_of(notification: Notification) -> list[AuditEvent]:
    """Who sent it again and when, oldest first: one query."""
    events = AuditEvent.objects.filter(object_type="notification", object_id=notification.pk)
    return list(events.order_by("pk"))


def broadcasts(page: int = 1) -> Page[Broadcast]:
    """With `messages`, the number of messages by state: two queries."""
    start = (page - 1) * PAGE_SIZE
    found = list(with_names(Broadcast.objects.all())[start : start + PAGE_SIZE + 1])
    _count(found)
    return page_of(found, page)


def with_names(found: QuerySet[Broadcast]) -> QuerySet[Broadcast]:
    """Selects the sender and the chosen recipients too."""
    return found.select_related("by", "user", "office", "doctor")


def counts_of(broadcast: Broadcast) -> list[tuple[str, str, int]]:
    """(channel, state, how many) of a broadcast's messages: one query."""
    found = Notification.objects.filter(broadcast=broadcast).order_by("channel", "state")
    return list(found.values_list("channel", "state").annotate(messages=Count("pk")))


def _count(found: list[Broadcast]) -> None:
    by_state = (
        Notification.objects.filter(broadcast__in=[one.pk for one in found])
        .order_by()
        .values_list("broadcast", "state")
        .annotate(messages=Count("pk"))
    )
    counted: dict[int, dict[str, int]] = {one.pk: {} for one in found}
    for pk, state, messages in by_state:
        counted[pk][state] = messages
    for one in found:
        one.messages = counted[one.pk]


def _matching(asked: LedgerFilter, zone: ZoneInfo) -> QuerySet[Notification]:
    exact = {
        "state": asked.state,
        "channel": asked.channel,
        "event": asked.event,
        "broadcast": asked.broadcast,
    }
    found = Notification.objects.filter(**{name: value for name, value in exact.items() if value})
    if asked.day:
        start, end = local_day(asked.day, zone)
        found = found.filter(created_at__gte=start, created_at__lt=end)
    if asked.text:
        found = found.filter(_about(asked.text))
    return found


@planned_anew()
def _about(text: str) -> Q:
    """Looks up the ids of people and appointments first, so that the messages are read by their
    indexes."""
    reference = text.replace(" ", "").replace("-", "").upper()
    appointments = Appointment.objects.filter(reference=f"{reference[:3]}-{reference[3:]}")
    if ids := list(appointments.values_list("pk", flat=True)):
        return Q(appointment__in=ids)
    patients = Patient.objects.order_by()
    users = User.objects.order_by()
    for word in words_of(text):
        patients = patients.filter(search_name__joined__contains=word)
        users = users.filter(
            Q(search_name__joined__contains=word) | Q(doctor__search_name__joined__contains=word)
        )
    of_patients = list(patients.values_list("pk", "user")[:_MOST_PEOPLE])
    logins = set(users.values_list("pk", flat=True)[:_MOST_PEOPLE])
    logins |= {user for _pk, user in of_patients if user}
    without_login = [pk for pk, user in of_patients if not user]
    return Q(user__in=logins) | Q(user=None, patient__in=without_login)
