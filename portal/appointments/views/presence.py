"""Marks on the day of an appointment: arrived, in the room, completed, no-show, undo (B14)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from portal.appointments.services import presence
from portal.errors import Forbidden, PortalError
from portal.models import Appointment
from portal.web.fetch import get_visible

VERBS = {
    "arrive": presence.arrive,
    "call-in": presence.call_in,
    "complete": presence.complete,
    "no-show": presence.no_show,
    "undo": presence.undo,
}


@require_POST
def appointment_mark(request, pk: int, verb: str):
    """Redirects back to the page with the button: the page of the appointment, or the day sheet."""
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
    back = request.POST.get("back", "")
    if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect(appointment)
