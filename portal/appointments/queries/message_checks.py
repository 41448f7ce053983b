"""Checks before sending whether a message is still true (requirement D06)."""

from collections.abc import Callable

from django.utils import timezone

from portal.enums import AppointmentState, WaitState
from portal.models import LIVE, Notification, Offer, Wait


def still_stands(notification: Notification) -> bool:
    """The appointment is confirmed at the time that the message names, and has not ended."""
    appointment = notification.appointment
    return (
        appointment is not None
        and appointment.state in LIVE
        and appointment.starts_at.isoformat() == notification.facts["starts_at"]
        and appointment.ends_at > timezone.now()
    )


def still_with(notification: Notification) -> bool:
    """The appointment is confirmed at that time and with that doctor."""
    appointment = notification.appointment
    if appointment is None:
        return False
    doctor = notification.facts.get("doctor_id", appointment.doctor_id)
    return still_stands(notification) and doctor == appointment.doctor_id


def still_left(notification: Notification) -> bool:
    """The appointment has not come back to that doctor. One query."""
    appointment = notification.appointment
    return appointment is not None and appointment.doctor.user_id != notification.user_id


def still(state: AppointmentState) -> Callable[[Notification], bool]:
    """The appointment is in that state."""

    def is_in_it(notification: Notification) -> bool:
        appointment = notification.appointment
        return appointment is not None and appointment.state == state

    return is_in_it


def still_ended(notification: Notification) -> bool:
    """The entry of the waiting list is the one that the clinic has ended. One query."""
    found = Wait.objects.filter(pk=notification.facts["wait"], state=WaitState.ENDED)
    return found.exists()


def still_offered(notification: Notification) -> bool:
    """The offer is not answered and has not expired. One query."""
    offer = Offer.objects.filter(pk=notification.facts["offer"]).first()
    return offer is not None and offer.is_good
