"""The link from a notification to its object, if the reader may see it."""

from django.utils.translation import gettext as _

from portal.models import Appointment, Notification, User
from portal.notifications.declaration import Link


def to_appointment(notification: Notification, reader: User | None) -> Link | None:
    """One query; none if the message is not about an appointment."""
    if reader is None or notification.appointment_id is None:
        return None
    found = Appointment.objects.visible_to(reader).filter(pk=notification.appointment_id).first()
    return Link(_("See the appointment"), found.get_absolute_url()) if found else None
