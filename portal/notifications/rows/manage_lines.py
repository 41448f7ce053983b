"""The admin pages' rows, as finished text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from phonenumber_field.phonenumber import PhoneNumber

from portal.enums import Audience, Channel, NotificationState, Role
from portal.models import Broadcast, Office
from portal.notifications.queries.ledger import LedgerRow
from portal.notifications.registry import label_of
from portal.web.filled import filled, url_of_each
from portal.web.templatetags.clinic import local

DOTS = "•••"


@dataclass(slots=True)
class LedgerLine:
    url: str
    at: str
    to: str
    address: str
    event: str
    about: str  # a link to the appointment, or empty
    channel: str
    state: str
    label: str
    attempts: str
    answer: str


def lines(rows: Iterable[LedgerRow], office: Office | None) -> list[LedgerLine]:
    page = reverse("manage-message", args=[0])
    link = filled("notifications/manage/_reference.html", url=url_of_each("appointment"))
    channels = {value: str(label) for value, label in Channel.choices}
    states = {value: str(label) for value, label in NotificationState.choices}

    def about(row: LedgerRow) -> str:
        if not row.reference:
            return ""
        return link.fill(pk=row.appointment_id, reference=row.reference)

    return [
        LedgerLine(
            url=page.replace("0", str(row.pk)),
            at=moment(row.created_at, office, "j M, H:i"),
            to=row.user or row.patient or _("Nobody with an account"),
            address=masked(row.channel, row.address or _address(row)),
            event=label_of(row.event),
            about=about(row),
            channel=channels[row.channel],
            state=row.state,
            label=states[row.state],
            attempts=attempts(row.attempts),
            answer=row.answer,
        )
        for row in rows
    ]


def attempts(number: int) -> str:
    """Said from the second on: that it took more than one is what matters."""
    return ngettext("%(n)s attempt", "%(n)s attempts", number) % {"n": number} if number > 1 else ""


def moment(at: datetime | None, office: Office | None, form: str = "j F Y, H:i") -> str:
    """On the office's clock; in UTC while there is no office."""
    if at is None:
        return ""
    return date_format(local(at, office) if office else at, form)


def masked(channel: str, address: str) -> str:
    """`a•••@example.com`, `+34 ••• ••• 22`: enough to tell two addresses apart on the phone."""
    if not address or channel == Channel.PORTAL:
        return ""
    if channel == Channel.SMS:
        return f"+{PhoneNumber.from_string(address).country_code} {DOTS} {DOTS} {address[-2:]}"
    name, _at, domain = address.rpartition("@")
    return f"{name[:1]}{DOTS}@{domain}"


def without_keys(text: str) -> str:
    """A mail's links without what lets its recipient act by them: they are nobody else's."""
    return re.sub(r"(https?://[^\s/]+/\S*?)[^\s/?=]{30,}", r"\1…", text)


def ago(at: datetime, *, now: datetime | None = None) -> str:
    """“12 seconds ago”, and so on up to days."""
    return _("%(time)s ago") % {"time": _length((now or timezone.now()) - at)}


def ahead(at: datetime, *, now: datetime) -> str:
    """“in 12 seconds”."""
    return _("in %(time)s") % {"time": _length(at - now)}


def _length(time: timedelta) -> str:
    seconds = max(0, int(time.total_seconds()))
    if seconds < 60:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    if seconds < 3600:
        n = seconds // 60
        return ngettext("%(n)s minute", "%(n)s minutes", n) % {"n": n}
    if seconds < 86400:
        n = seconds // 3600
        return ngettext("%(n)s hour", "%(n)s hours", n) % {"n": n}
    return ngettext("%(n)s day", "%(n)s days", time.days) % {"n": time.days}


def audience(broadcast: Broadcast) -> str:
    """Who was meant, in words; the broadcast comes with its user, office and doctor."""
    if broadcast.audience == Audience.USER and broadcast.user:
        return broadcast.user.name
    if broadcast.audience == Audience.ROLE:
        plurals = {
            Role.PATIENT: _("All patients with an account"),
            Role.DOCTOR: _("All doctors"),
            Role.ASSISTANT: _("All assistants"),
            Role.ADMIN: _("All admins"),
        }
        return plurals[Role(broadcast.role)]
    if broadcast.audience == Audience.OFFICE and broadcast.office:
        return _("Patients of %(office)s") % {"office": broadcast.office.name}
    doctor = broadcast.doctor.name if broadcast.doctor else ""
    day = date_format(broadcast.day, "l j F Y") if broadcast.day else ""
    return _("Patients of %(doctor)s on %(day)s") % {"doctor": doctor, "day": day}


def _address(row: LedgerRow) -> str:
    """Where it will go, as far as that is known before it is sent."""
    return (row.phone if row.channel == Channel.SMS else row.email) or ""
