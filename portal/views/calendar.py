"""An appointment as a file for one's calendar (requirement B22)."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from portal.models import Appointment
from portal.queries.appointments import with_people
from portal.services import wording
from portal.views.fetch import get_visible


@require_GET
def appointment_calendar(request, pk: int):
    appointment = get_visible(with_people(Appointment.objects.all()), request.user, pk)
    file = wording.calendar_file(appointment, reader=request.user)
    response = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    name = f"appointment-{appointment.reference}.ics"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
