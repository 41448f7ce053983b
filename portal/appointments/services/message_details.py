"""Details that only mails about appointments contain: addresses, links, the deadline for cancelling
(D01)."""

from django.utils import timezone

from portal.appointments.services.appointments import cancel_until
from portal.models import Appointment, ClinicSettings, Notification
from portal.notifications.facts import Place, local
from portal.notifications.letters import one_line
from portal.notifications.services.wording import url


def of_appointment(notification: Notification, clinic: ClinicSettings) -> dict:
    """For the template of a mail. No query, except one for a reminder whose own appointment is
    cancelled or moved."""
    appointment = _foremost(notification)
    if appointment is None:
        return {}
    until = cancel_until(appointment.starts_at, settings=clinic)
    zone = appointment.office.time_zone
    return _old_place(notification.facts) | {
        "office": place_of(appointment),
        "appointment_url": url("appointment", appointment.pk),
        "book_url": f"{url('slots')}?doctor={appointment.doctor_id}",
        "is_by_video": appointment.is_by_video,
        "cancel_until": local(until.isoformat(), zone) if until > timezone.now() else None,
    }


def place_of(appointment: Appointment) -> Place:
    """The appointment's office, with address and phone."""
    office = appointment.office
    address, phone = one_line(office.address), str(office.phone)
    return Place(one_line(office.name), office.time_zone, address, phone)


def offer_url(notification: Notification) -> str | None:
    """The page on which a patient who can sign in accepts or declines the offer."""
    return url("offer", notification.facts["offer"]) if notification.user else None


def _foremost(notification: Notification) -> Appointment | None:
    """The appointment of the facts; for several reminders in one, the first that is still true."""
    own, told = notification.appointment, notification.facts.get("appointment")
    if own is None or told in (None, own.pk):
        return own
    return Appointment.objects.select_related("office").get(pk=told)


def _old_place(facts: dict) -> dict:
    """The place before a move within one office, which older messages do not name."""
    if "was_starts_at" not in facts or "was_office" in facts:
        return {}
    return {"was_office": Place(one_line(facts["office"]), facts.get("was_zone", facts["zone"]))}
