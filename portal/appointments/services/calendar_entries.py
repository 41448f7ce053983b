"""Appointments as calendar entries: in mails, as a file, and in the feed (B22, D01)."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.appointments.queries.message_facts import facts_of
from portal.appointments.services import calendars
from portal.appointments.services.message_details import place_of
from portal.enums import AppointmentState
from portal.models import HOLDING, Appointment, CalendarDomain, ClinicSettings, Notification, User
from portal.notifications.declaration import Attachment
from portal.notifications.letters import one_line
from portal.notifications.services import wording

FILE_NAME = "appointment.ics"
KEPT = timedelta(days=30)
# What is certain, or was.
_SHOWN = (*HOLDING, AppointmentState.CANCELLED)


def attached(
    notification: Notification, clinic: ClinicSettings, *, method: str
) -> list[Attachment]:
    """The file in a mail about one appointment; `method` as in `calendars.invitation`."""
    if notification.appointment is None:
        return []
    entry = _entry(notification, notification.appointment, clinic, CalendarDomain.current())
    file = calendars.invitation(entry, method=method)
    return [_attachment(file, method)]


def attached_series(notification: Notification, clinic: ClinicSettings) -> list[Attachment]:
    """The file in a mail about a series: all appointments in it, as they are now. Two queries."""
    told = [notification.facts, *notification.facts.get("others", ())]
    found = Appointment.objects.filter(pk__in=[facts["appointment"] for facts in told])
    found = found.select_related("office", "patient", "doctor").order_by("starts_at", "pk")
    read_by = {name: told[0][name] for name in ("for", "proxy") if name in told[0]}
    file = _published(found, read_by=lambda _appointment: read_by, clinic=clinic)
    return [_attachment(file, "PUBLISH")]


def calendar_file(appointment: Appointment, *, reader: User) -> str:
    """The calendar entry of `appointment` as it is now, for `reader`, who may see it: the same
    entry as in the mails about it. Two queries."""
    told = Notification(
        appointment=appointment,
        facts=facts_of(appointment) | _read_by(reader, appointment),
        address=reader.email,
    )
    is_cancelled = appointment.state == AppointmentState.CANCELLED
    entry = _entry(told, appointment, ClinicSettings.current(), CalendarDomain.current())
    return calendars.download(entry, is_cancelled=is_cancelled)


def calendar_feed(*, reader: User) -> str:
    """The feed of `reader`, a patient or a doctor: the same entries as in the mails. Three queries.

    It contains confirmed, past and cancelled appointments from thirty days ago on; cancelled ones
    are marked as such. The text stays identical until one of them changes.
    """
    of_reader = partial(_read_by, reader)
    return _published(_of_feed(reader), read_by=of_reader, clinic=ClinicSettings.current())


def _of_feed(user: User) -> QuerySet[Appointment]:
    """Without requests that were withdrawn before they were accepted; they never were
    appointments."""
    own = Appointment.objects.visible_to(user).select_related("office", "patient", "doctor")
    ahead = own.filter(state__in=_SHOWN, starts_at__gte=timezone.now() - KEPT)
    never = {"state": AppointmentState.CANCELLED, "answer_by__isnull": False}
    return ahead.exclude(version=2, **never).order_by("starts_at", "pk")


def _attachment(file: str, method: str) -> Attachment:
    return Attachment(FILE_NAME, file, f"text/calendar; method={method}")


def _read_by(reader: User, appointment: Appointment) -> dict[str, str]:
    """The facts about who reads an entry; who looks after the patient reads the patient's name."""
    if not reader.is_patient:
        return {"for": "doctor"}
    is_own = appointment.patient.user_id == reader.pk
    return {"for": "patient"} | ({} if is_own else {"proxy": reader.name})


def _published(
    appointments: Iterable[Appointment],
    *,
    read_by: Callable[[Appointment], dict[str, str]],
    clinic: ClinicSettings,
) -> str:
    entries, domain = [], CalendarDomain.current()
    for appointment in appointments:
        told = Notification(
            appointment=appointment,
            facts=facts_of(appointment) | read_by(appointment),
            created_at=appointment.cancelled_at or appointment.booked_at,
        )
        is_cancelled = appointment.state == AppointmentState.CANCELLED
        entries.append((_entry(told, appointment, clinic, domain), is_cancelled))
    return calendars.feed(entries, name=one_line(clinic.name))


def _entry(
    notification: Notification, appointment: Appointment, clinic: ClinicSettings, domain: str
) -> calendars.Entry:
    facts = notification.facts
    place, name, address = place_of(appointment), *wording.name_and_address(clinic)
    is_patient, is_by_video = facts["for"] == "patient", appointment.is_by_video
    summary = _("Appointment at %(clinic)s") % {"clinic": one_line(clinic.name)}
    if facts.get("proxy"):
        summary = f"{one_line(facts['patient'])}: {summary}"
    if not is_patient:  # their diary may lie open to others: no name
        summary = _("Appointment %(reference)s") % {"reference": facts["reference"]}
    return calendars.Entry(
        uid=f"appointment-{appointment.pk}@{domain}",
        sequence=facts["version"] - 1,
        starts_at=datetime.fromisoformat(facts["starts_at"]),
        ends_at=datetime.fromisoformat(facts["ends_at"]),
        zone=facts["zone"],
        summary=summary,
        location=_("By video") if is_by_video else f"{place.name}, {place.address}",
        url=wording.url("appointment", appointment.pk),
        organiser=(name, address),
        attendee=(one_line(facts["patient" if is_patient else "doctor"]), notification.address),
        noted_at=notification.created_at,
    )
