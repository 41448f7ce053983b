"""Marks on the day of an appointment: arrived, in the room, completed, no-show, undo (B14)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from portal.errors import Forbidden, PortalError
from portal.models import Appointment
from portal.services import presence
from portal.views.fetch import get_visible
from portal.views.undo import way_back

VERBS = {
    "arrive": presence.arrive,
    "call-in": presence.call_in,
    "complete": presence.complete,
    "no-show": presence.no_show,
    "undo": presence.undo,
}


@require_POST
def appointment_mark(request, pk: int, verb: str):
    """Leads back to where the button stood: the page of the appointment, or the desk's day."""
    if verb not in VERBS:
        raise Http404
    appointment = get_visible(Appointment, request.user, pk)
    if not request.user.has_perm("portal.mark_appointment", appointment):
        raise PermissionDenied
    try:
        VERBS[verb](appointment, by=request.user)
    except Forbidden as error:
        raise PermissionDenied from error
    except PortalError as error:
        messages.warning(request, error.message)
    return redirect(way_back(request, appointment.get_absolute_url()))
