"""The lines of the admins' queue of doctors, as finished text."""

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.enums import DoctorState
from portal.people.queries.applications import ApplicationRow
from portal.web.filled import filled
from portal.web.templatetags.clinic import initials


@dataclass(slots=True)
class ApplicationLine:
    url: str
    avatar: SafeString
    name: str
    about: str
    when: str


def lines(rows: Iterable[ApplicationRow], state: str) -> list[ApplicationLine]:
    page, is_pending = reverse("manage-doctor", args=[0]), state == DoctorState.PENDING
    since = _("since %(when)s")

    def when(row: ApplicationRow) -> str:
        if row.at is None:
            return ""
        at = row.at.astimezone(ZoneInfo(row.time_zone))
        if is_pending:
            return since % {"when": date_format(at, "D j M Y, H:i")}
        return date_format(at, "j M Y")

    return [
        ApplicationLine(
            url=page.replace("0", str(row.pk)),
            avatar=_avatar(row),
            name=row.name,
            about=f"{row.specialty} · {row.office} · {row.licence_number}",
            when=when(row),
        )
        for row in rows
    ]


def _avatar(row: ApplicationRow) -> SafeString:
    form = filled("people/manage/_avatar.html", has_photo=bool(row.photo))
    if not row.photo:
        return form.fill(initials=initials(row.name))
    return form.fill(url=reverse("doctor-photo", args=[row.pk, row.photo, 96]))
