"""“I’m coming / I can’t come”: the page behind the link of a reminder (requirement D02)."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django_stubs_ext import StrOrPromise

from portal.appointments.services import attendance as services
from portal.appointments.services.appointments import cancel_until
from portal.enums import AppointmentState
from portal.errors import PortalError, StaleState
from portal.models import Appointment
from portal.web.context import for_request
from portal.web.ids import id_of
from portal.web.templatetags.clinic import when


@dataclass(frozen=True)
class Closed:
    """Why the reminder can no longer be answered."""

    status: int
    title: StrOrPromise
    text: StrOrPromise


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
    """A GET changes nothing, because programs that check mails follow links."""
    named, found = _named(token)
    standing = _standing(named, found)
    if not standing:
        return _nothing_stands(request, named, found)
    if request.method == "POST":
        return _confirm(request, standing, token)
    context = {
        "appointments": [_shown(one, request) for one in standing],
        "is_one": len(standing) == 1,
        "is_coming": all(one.coming_at for one in standing),
        "token": token,
    }
    return render(request, "appointments/attendance/attendance.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def attendance_cancel(request, token: str):
    """“I can't come”: one POST cancels an appointment that the link names. A GET changes
    nothing."""
    named, found = _named(token)
    standing = _standing(named, found)
    if not standing:
        return _nothing_stands(request, named, found)
    if request.method != "POST":
        return _cancel_page(request, standing, token)
    chosen = _chosen(request, standing)
    if chosen is None:
        return _cancel_page(request, standing, token, refusal=_("Say which one."), status=422)
    try:
        services.cancel(chosen)
    except StaleState:  # the next page shows the present state
        return redirect("attendance", token)
    except PortalError as error:
        refusal = error.message
        return _cancel_page(request, standing, token, refusal=refusal, status=error.status)
    if len(standing) > 1:
        said = {"when": when(chosen), "doctor": chosen.doctor.name}
        messages.success(request, _("The appointment on %(when)s is cancelled.") % said)
    return redirect(f"{reverse('attendance', args=[token])}?done=1")


def _named(token: str) -> tuple[dict[int, datetime], list[Appointment]]:
    """The starts that the reminder named, by appointment, and the appointments as they are now."""
    named = dict(services.named_in(token))
    found = Appointment.objects.filter(pk__in=named).select_related("doctor", "office", "patient")
    return named, list(found.order_by("starts_at", "pk"))


def _standing(named: dict[int, datetime], found: list[Appointment]) -> list[Appointment]:
    return [one for one in found if _why_closed(one, named[one.pk]) is None]


def _chosen(request, standing: list[Appointment]) -> Appointment | None:
    """The chosen one of the appointments in the link; if there is only one, the form need not name
    it."""
    wanted = id_of(request.POST.get("appointment"))
    if wanted is None and len(standing) == 1:
        return standing[0]
    return next((one for one in standing if one.pk == wanted), None)


def _confirm(request, standing: list[Appointment], token: str):
    for one in standing:
        with suppress(PortalError):  # it has just been moved or cancelled, and the page says so
            services.confirm(one)
    return redirect("attendance", token)


def _why_closed(appointment: Appointment, starts_at: datetime) -> Closed | None:
    """The link expires with the time that the reminder named, so that is checked first."""
    if starts_at <= timezone.now():
        return OVER
    if appointment.state == AppointmentState.CANCELLED:
        return CANCELLED
    if appointment.starts_at != starts_at:
        return MOVED
    return None if appointment.state in services.COMING else OVER


def _shown(appointment: Appointment, request) -> dict:
    """`until`: the moment until which it can be cancelled online; after that the page gives a phone
    number."""
    until = cancel_until(appointment.starts_at, settings=for_request(request))
    is_late = timezone.now() > until
    return {
        "appointment": appointment,
        "until": until,
        "is_late": is_late,
        "can_cancel": appointment.can("cancel") and not is_late,
    }


def _cancel_page(
    request,
    standing: list[Appointment],
    token: str,
    *,
    refusal: StrOrPromise = "",
    status: int = 200,
):
    context = {
        "appointments": [_shown(one, request) for one in standing],
        "is_one": len(standing) == 1,
        "token": token,
        "refusal": refusal,
    }
    return render(request, "appointments/attendance/cancel.html", context, status=status)


def _nothing_stands(request, named: dict[int, datetime], found: list[Appointment]):
    """Says whom to call, but nothing else about an appointment that differs from the link."""
    why = _why_closed(found[0], named[found[0].pk]) if found else None
    closed = why or UNKNOWN
    context = {"closed": closed, "office": found[0].office if found else None}
    was_just_cancelled = closed is CANCELLED and "done" in request.GET
    status = 200 if was_just_cancelled else closed.status
    return render(request, "appointments/attendance/closed.html", context, status=status)
