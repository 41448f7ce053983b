"""The lines of the admins' queue of doctors, as finished text."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.enums import DoctorState
from portal.models import Doctor
from portal.web.filled import filled
from portal.web.templatetags.clinic import initials, local


@dataclass(slots=True)
class ApplicationLine:
    url: str
    avatar: SafeString
    name: str
    about: str
    when: str


def lines(doctors: Iterable[Doctor], state: str) -> list[ApplicationLine]:
    """`doctors` come with their specialty and office."""
    page, is_pending = reverse("manage-doctor", args=[0]), state == DoctorState.PENDING
    since = _("since %(when)s")

    def when(doctor: Doctor) -> str:
        if is_pending and doctor.applied_at:
            at = local(doctor.applied_at, doctor.office)
            return since % {"when": date_format(at, "D j M Y, H:i")}
        if not is_pending and doctor.decided_at:
            return date_format(local(doctor.decided_at, doctor.office), "j M Y")
        return ""

    return [
        ApplicationLine(
            url=page.replace("0", str(doctor.pk)),
            avatar=_avatar(doctor),
            name=doctor.name,
            about=f"{doctor.specialty.name} · {doctor.office.name} · {doctor.licence_number}",
            when=when(doctor),
        )
        for doctor in doctors
    ]


def _avatar(doctor: Doctor) -> SafeString:
    form = filled("people/manage/_avatar.html", has_photo=bool(doctor.photo))
    shown = {"url": doctor.small_photo_url} if doctor.photo else {"initials": initials(doctor.name)}
    return form.fill(**shown)
