"""What is still to come in the name of a patient who has died (requirement A16)."""

from django.db.models import QuerySet
from django.utils import timezone

from portal.enums import AppointmentState
from portal.models import Appointment, Patient, User

_TO_CANCEL = (AppointmentState.REQUESTED, AppointmentState.CONFIRMED)


def still_to_cancel(user: User, patient: Patient) -> QuerySet[Appointment]:
    """The patient's appointments and requests that have not begun, of those that `user` may see;
    soonest first. The queryset costs one query when it is read."""
    found = Appointment.objects.visible_to(user).filter(patient=patient, state__in=_TO_CANCEL)
    return found.filter(starts_at__gt=timezone.now()).order_by("starts_at", "pk")
