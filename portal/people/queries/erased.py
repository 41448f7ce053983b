"""Patients who were erased: found by their number, with nothing but their appointments (A19)."""

from django.db.models import Count

from portal.enums import AppointmentState
from portal.models import Appointment, Patient, User
from portal.web.ids import id_of


def erased(pk: int, *, for_user: User) -> Patient | None:
    """The patient with that number if they were erased, of those whom `for_user` knew: one
    query."""
    found = Patient.objects.known_to(for_user).exclude(erased_at=None)
    return found.filter(pk=pk).first() if for_user.is_staff else None


def with_number(text: str, *, for_user: User) -> Patient | None:
    """The same for what was typed, such as “17” or “#17”: one query, none for any other text."""
    pk = id_of(text.strip().removeprefix("#").strip())
    return erased(pk, for_user=for_user) if pk is not None else None


def appointments_of(patient: Patient, *, for_user: User) -> list[tuple[str, int]]:
    """(state, how many) of those that `for_user` may see: one query."""
    found = Appointment.objects.visible_to(for_user).filter(patient=patient).order_by()
    counted = dict(found.values_list("state").annotate(n=Count("pk")))
    return [(str(one.label), counted[one]) for one in AppointmentState if one in counted]
