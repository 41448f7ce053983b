"""A patient's own appointments that overlap a time (requirement B09)."""

from portal.appointments.queries.appointments import with_people
from portal.models import Appointment, Patient, Slot, User


def overlapping_of(
    patient: Patient, slot: Slot, *, user: User, leaving: Appointment | None = None
) -> list[Appointment]:
    """The patient's live appointments at the time of the slot, without the one to be moved, that
    `user` may see: one query."""
    found = Appointment.objects.visible_to(user).live().filter(patient=patient)
    if leaving:
        found = found.exclude(pk=leaving.pk)
    at_that_time = found.filter(starts_at__lt=slot.ends_at, ends_at__gt=slot.starts_at)
    return list(with_people(at_that_time).order_by("starts_at", "pk"))
