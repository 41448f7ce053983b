"""Marks on the day of an appointment: arrived, in the room, completed, no-show, undo (B14)."""

from urllib.parse import parse_qs, urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.appointments.services import presence
from portal.enums import AppointmentState as State
from portal.errors import Forbidden, PortalError
from portal.models import Appointment
from portal.web.fetch import get_visible
from portal.web.undo import success_with_undo, way_back

VERBS = {
    "arrive": presence.arrive,
    "call-in": presence.call_in,
    "complete": presence.complete,
    "no-show": presence.no_show,
    "undo": presence.undo,
}
# What makes a mark anew that has just been taken back, by the state that it had led to.
ANEW = {State.ARRIVED: "arrive", State.COMPLETED: "complete", State.NO_SHOW: "no-show"}


@require_POST
def appointment_mark(request, pk: int, verb: str):
    """Redirects back to the page with the button: the page of the appointment, or the day sheet."""
    if verb not in VERBS:
        raise Http404
    appointment = get_visible(Appointment, request.user, pk)
    if not request.user.has_perm("portal.mark_appointment", appointment):
        raise PermissionDenied
    back = way_back(request, appointment.get_absolute_url())
    try:
        marked = VERBS[verb](appointment, by=request.user)
    except Forbidden as error:
        raise PermissionDenied from error
    except PortalError as error:
        messages.warning(request, error.message)
    else:
        inverse = ANEW.get(appointment.state, "") if verb == "undo" else "undo"
        if appointment.state != marked.state:
            _say_where_it_went(request, marked, inverse=inverse, back=back)
    return redirect(back)


def _say_where_it_went(request, marked: Appointment, *, inverse: str, back: str) -> None:
    """A row does not vanish without a word from a day sheet that shows one state only. `inverse`:
    the mark that takes this one back."""
    sheet = urlsplit(back)
    state = parse_qs(sheet.query).get("state", [""])[0]
    if sheet.path != reverse("desk") or state in ("", marked.state):
        return
    said = {"patient": marked.patient.name, "state": marked.get_state_display()}
    text = _("%(patient)s is now listed under “%(state)s”.") % said
    success_with_undo(request, text, reverse("appointment-mark", args=[marked.pk, inverse]))
