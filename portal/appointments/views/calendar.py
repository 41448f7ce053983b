"""An appointment as a calendar file, and the private feed of all of them (requirement B22)."""

from hashlib import sha256

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_safe

from portal.accounts.services import calendar_feeds
from portal.appointments.queries.appointments import with_people
from portal.appointments.services import calendar_entries
from portal.enums import AppointmentState
from portal.models import Appointment
from portal.web.fetch import get_visible

# Requests, and what became of those that were never accepted.
NEVER_CERTAIN = (AppointmentState.REQUESTED, AppointmentState.DECLINED, AppointmentState.EXPIRED)


@require_GET
def appointment_calendar(request, pk: int):
    appointment = get_visible(with_people(Appointment.objects.all()), request.user, pk)
    if appointment.state in NEVER_CERTAIN:
        messages.info(request, _("It belongs in your calendar once it is confirmed."))
        return redirect(appointment)
    file = calendar_entries.calendar_file(appointment, reader=request.user)
    response = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    name = f"appointment-{appointment.reference}.ics"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@login_not_required
@require_safe
@sensitive_variables("token")
def calendar_feed(request, token: str):
    """For calendar programs: no session, and 304 if nothing has changed."""
    owner = calendar_feeds.owner_of(token)
    if owner is None:
        raise Http404
    body = calendar_entries.calendar_feed(reader=owner).encode()
    etag = f'"{sha256(body).hexdigest()}"'
    entire = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response = get_conditional_response(request, etag=etag, response=entire) or entire
    response["ETag"] = etag
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
