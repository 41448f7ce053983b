"""Which patients to remind of which appointments, as things are now (requirement D02)."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    CharField,
    Exists,
    F,
    Func,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Concat
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

from portal.appointments.queries.reminder_times import (
    Kind,
    bounds,
    due_at,
    least_lead,
    nearer,
    next_hour,
    useful_until,
)
from portal.enums import AppointmentState, Channel, UserState
from portal.models import Appointment, AuditEvent, ClinicSettings, Notification, ProxyAccess

BATCH = 300  # appointments


def patients_to_remind(kind: Kind, settings: ClinicSettings) -> Iterator[set[int]]:
    """Ids of patients with an appointment for which this reminder is due now, in batches.

    One query per batch of appointments, and one at the end.
    """
    now = timezone.now()
    first, last = bounds(kind, now, settings)
    found = _without_reminder(kind, settings).filter(starts_at__gt=first, starts_at__lte=last)
    found = found.select_related("office").only(
        "starts_at", "booked_at", "patient_id", "office__time_zone"
    )
    after = (first, 0)
    while batch := list(found.filter(_after(*after)).order_by("starts_at", "pk")[:BATCH]):
        yield {one.patient_id for one in batch if is_due(one, kind, settings, now)}
        after = (batch[-1].starts_at, batch[-1].pk)


def still_to_remind(
    kind: Kind, patients: Iterable[int], settings: ClinicSettings
) -> list[Appointment]:
    """All appointments of these patients that need this reminder and have none yet, including those
    for which it is due later; sorted by start, with people and office. One query."""
    now = timezone.now()
    first, last = bounds(kind, now, settings)
    found = _without_reminder(kind, settings).filter(
        patient__in=patients, starts_at__gt=first, starts_at__lte=last + timedelta(days=1)
    )
    found = found.select_related("patient__user", "doctor", "office").order_by("starts_at", "pk")
    return [one for one in found if _is_wanted(one, kind, settings, now)]


def is_due(appointment: Appointment, kind: Kind, settings: ClinicSettings, now: datetime) -> bool:
    """Whether the reminder is due, may be sent at this hour, and is still useful."""
    zone = appointment.office.zone
    return (
        due_at(appointment.starts_at, zone, kind.days, settings) <= now
        and next_hour(now, zone, settings) == now
        and _is_wanted(appointment, kind, settings, now)
    )


def _is_wanted(
    appointment: Appointment, kind: Kind, settings: ClinicSettings, now: datetime
) -> bool:
    """A patient whose appointment was booked or moved after the due moment has just been notified,
    so no reminder is sent."""
    starts_at, zone = appointment.starts_at, appointment.office.zone
    told_at = max(filter(None, (appointment.booked_at, getattr(appointment, "moved_at", None))))
    is_news = told_at < due_at(starts_at, zone, kind.days, settings)
    return is_news and now < useful_until(starts_at, zone, kind, settings)


def _without_reminder(kind: Kind, settings: ClinicSettings) -> QuerySet[Appointment]:
    """Appointments that have neither this reminder nor a nearer one. (A nearer one can come first,
    together with the reminder of an earlier appointment on the same day.)

    An approximation where the office's time zone is needed; `moved_at` is the time of the last
    move.
    """
    moves = AuditEvent.objects.filter(
        object_type="appointment", object_id=OuterRef("pk"), verb="reschedule"
    )
    last_move = moves.order_by().values("object_id").annotate(last=Max("at")).values("last")
    return Appointment.objects.filter(
        _is_reached(kind.channel),
        *(
            ~Exists(Notification.objects.filter(key=_key(one)))
            for one in (kind, *nearer(kind, settings))
        ),
        state=AppointmentState.CONFIRMED,
        booked_at__lt=F("starts_at") - least_lead(kind.days, settings),
    ).annotate(moved_at=Subquery(last_move))


def _is_reached(channel: Channel) -> Q:
    """Approximates `Recipient.gets`, so that unreachable patients are not looked at again every
    minute."""
    off = f"reminder:{channel}"
    no_login = Q(patient__user=None)
    active = Q(patient__user__state=UserState.ACTIVE) & ~Q(
        patient__user__switched_off__contains=off
    )
    may = Q(patient__deceased_on=None, patient__is_not_written_to=False)
    if channel == Channel.EMAIL:
        proxies = ProxyAccess.objects.open().filter(
            patient=OuterRef("patient"), appointments=True, user__state=UserState.ACTIVE
        )
        told = Exists(proxies.exclude(user__switched_off__contains=off).order_by())
        return may & (active | no_login & ~Q(patient__email="") | Q(told))
    return may & ~Q(patient__phone="") & (no_login | active)


def _after(starts_at: datetime, pk: int) -> Q:
    return Q(starts_at__gt=starts_at) | Q(starts_at=starts_at, pk__gt=pk)


class _IsoSeconds(Func):
    """SQL for `isoformat(timespec="seconds")` of a time in UTC."""

    output_field = CharField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, Any]:
        pattern = "strftime('%%%%Y-%%%%m-%%%%dT%%%%H:%%%%M:%%%%S+00:00', %(expressions)s)"
        return self.as_sql(compiler, connection, template=pattern, **context)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, Any]:
        pattern = (
            "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"+00:00\"')"
        )
        return self.as_sql(compiler, connection, template=pattern, **context)


def _key(kind: Kind) -> Concat:
    """`Reminder.key`, computed by the database."""
    return Concat(
        Value("appointment:"),
        Cast(OuterRef("pk"), CharField()),
        Value(":reminder:"),
        _IsoSeconds(OuterRef("starts_at")),
        Value(f":{kind.mark}"),
        output_field=CharField(),
    )
