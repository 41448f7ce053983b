"""What only mails about appointments say: addresses, links, until when one may cancel (D01)."""

from django.utils import timezone

from portal.appointments.services.appointments import cancel_until
from portal.models import Appointment, ClinicSettings, Notification
from portal.notifications.facts import Place, local
from portal.notifications.letters import one_line
from portal.notifications.services.wording import url


def of_appointment(notification: Notification, clinic: ClinicSettings) -> dict:
    """For the template of a mail. No query, but one for a reminder whose own appointment is off."""
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
    """Its office, with address and phone."""
    office = appointment.office
    address, phone = one_line(office.address), str(office.phone)
    return Place(one_line(office.name), office.time_zone, address, phone)


def offer_url(notification: Notification) -> str | None:
    """Where a patient who can sign in takes what is offered, or lets it go."""
    return url("offer", notification.facts["offer"]) if notification.user else None


def _foremost(notification: Notification) -> Appointment | None:
    """The one of which the facts speak: of several reminders in one, the first that still holds."""
    own, told = notification.appointment, notification.facts.get("appointment")
    if own is None or told in (None, own.pk):
        return own
    return Appointment.objects.select_related("office").get(pk=told)


def _old_place(facts: dict) -> dict:
    """Where it was before a move within one office, of which older messages do not say more."""
    if "was_starts_at" not in facts or "was_office" in facts:
        return {}
    return {"was_office": Place(one_line(facts["office"]), facts.get("was_zone", facts["zone"]))}
