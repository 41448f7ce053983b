"""“I’m coming / I can’t come”: where the link of a reminder leads (requirement D02)."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.appointments.services import attendance as services
from portal.appointments.services.appointments import cancel_until
from portal.enums import AppointmentState
from portal.errors import PortalError
from portal.models import Appointment
from portal.web.context import for_request


@dataclass(frozen=True)
class Closed:
    """Why there is nothing to answer."""

    status: int
    title: str
    text: str


UNKNOWN = Closed(
    404,
    _("This link does not work"),
    _("It may have been cut off on its way. Please open it from the reminder once more."),
)
OVER = Closed(
    410,
    _("This link has expired"),
    _("It was good until the appointment began. There is nothing left to answer."),
)
CANCELLED = Closed(
    410, _("This appointment is cancelled"), _("You need not come. Would you like another time?")
)
MOVED = Closed(
    410,
    _("This appointment was moved"),
    _("The reminder is out of date. The new time is in our latest message, and in the portal."),
)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def attendance(request, token: str):
    """Programs that check mails follow its links, so opening it changes nothing."""
    named = dict(services.named_in(token))
    found = list(_fetch(named))
    standing = [one for one in found if _why_closed(one, named[one.pk]) is None]
    if not standing:
        closed = _why_closed(found[0], named[found[0].pk]) if found else UNKNOWN
        return _closed_page(request, closed, found)
    if request.method == "POST":
        return _confirm(request, standing, token)
    context = {
        "appointments": [_shown(one, request) for one in standing],
        "is_one": len(standing) == 1,
        "is_coming": all(one.coming_at for one in standing),
        "token": token,
    }
    return render(request, "appointments/attendance/attendance.html", context)


def _fetch(named: dict[int, datetime]):
    found = Appointment.objects.filter(pk__in=named).select_related("doctor", "office", "patient")
    return found.order_by("starts_at", "pk")


def _confirm(request, standing: list[Appointment], token: str):
    for one in standing:
        with suppress(PortalError):  # it has just been moved or cancelled, and the page says so
            services.confirm(one)
    return redirect("attendance", token)


def _why_closed(appointment: Appointment, starts_at: datetime) -> Closed | None:
    """The time of which the reminder spoke decides first: the link ends with it."""
    if starts_at <= timezone.now():
        return OVER
    if appointment.state == AppointmentState.CANCELLED:
        return CANCELLED
    if appointment.starts_at != starts_at:
        return MOVED
    return None if appointment.state in services.COMING else OVER


def _shown(appointment: Appointment, request) -> dict:
    """`cancel_url`: where the patient can cancel; without a login, or late, they call instead."""
    until = cancel_until(appointment.starts_at, settings=for_request(request))
    cancels_online = appointment.patient.user_id and timezone.now() <= until
    url = reverse("appointment-cancel", args=[appointment.pk]) if cancels_online else ""
    return {"appointment": appointment, "cancel_url": url}


def _closed_page(request, closed: Closed, found: list[Appointment]):
    """Says whom to call, but nothing more of an appointment that is not as the link says."""
    context = {"closed": closed, "office": found[0].office if found else None}
    return render(request, "appointments/attendance/closed.html", context, status=closed.status)
