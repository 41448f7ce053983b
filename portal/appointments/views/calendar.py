"""An appointment as a calendar file (requirement B22)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from portal.appointments.queries.appointments import with_people
from portal.enums import AppointmentState
from portal.models import Appointment
from portal.notifications.services import wording
from portal.web.fetch import get_visible

# Requests, and what became of those that were never accepted.
NEVER_CERTAIN = (AppointmentState.REQUESTED, AppointmentState.DECLINED, AppointmentState.EXPIRED)


@require_GET
def appointment_calendar(request, pk: int):
    appointment = get_visible(with_people(Appointment.objects.all()), request.user, pk)
    if appointment.state in NEVER_CERTAIN:
        messages.info(request, _("It belongs in your calendar once it is confirmed."))
        return redirect(appointment)
    file = wording.calendar_file(appointment, reader=request.user)
    response = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    name = f"appointment-{appointment.reference}.ics"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
