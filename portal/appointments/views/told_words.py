"""Messages for staff after a change of an appointment: what was done, how the patient is told (B11,
B12)."""

from django.utils.translation import gettext as _

from portal.enums import Channel
from portal.models import Appointment, User
from portal.notifications.queries.ledger import of_appointment
from portal.web.templatetags.clinic import when


def moved_words(moved: Appointment, *, reader: User) -> str:
    """“Ana Ruiz is moved to … with Dr Gil. The patient is told by email and by SMS.” At most one
    query."""
    said = {"when": when(moved), "doctor": moved.doctor.name, "patient": moved.patient.name}
    if not reader.is_staff:
        return _("The appointment is moved to %(when)s with %(doctor)s.") % said
    text = _("%(patient)s is moved to %(when)s with %(doctor)s.") % said
    return f"{text} {told_words(moved, 'appointment_moved')}"


def told_words(appointment: Appointment, event: str) -> str:
    """How the patient is notified of the latest such event, for staff; or whom to phone if no
    channel reaches the patient. One query."""
    rows = of_appointment(appointment)
    own = [row for row in rows if row.kind == "patient" and row.event == event and not row.proxy]
    told = {row.channel for row in own if row.created_at == own[0].created_at}
    ways = {Channel.EMAIL: _("by email"), Channel.SMS: _("by SMS")}
    by = [words for channel, words in ways.items() if channel in told]
    if by:
        return _("The patient is told %(ways)s.") % {"ways": _(" and ").join(by)}
    if told:
        return _("The patient is told in the portal.")
    phone = appointment.patient.phone
    if phone:
        return _("No message reaches the patient: please phone %(phone)s.") % {"phone": phone}
    return _("No message reaches the patient, and no phone number is known.")
