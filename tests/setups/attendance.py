"""The links that reminders carry."""

from portal.appointments.queries.message_facts import facts_of
from portal.appointments.services import attendance
from portal.models import Appointment, Notification


def attendance_token(*appointments: Appointment) -> str:
    """Of one reminder of these, as they are now."""
    facts, *others = [facts_of(one) | {"appointment": one.pk} for one in appointments]
    url = attendance.answer_url(Notification(facts=facts | {"others": others}))
    return url.rstrip("/").rpartition("/")[2]
