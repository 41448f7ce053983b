"""What the URL carries while a time is chosen: the patient, the appointment to be moved, and
whether the user may book."""

from collections.abc import Callable

from django.urls import reverse

from portal.enums import Scope
from portal.models import Appointment, Patient, User, offices_of
from portal.web.ids import id_of


def is_staff(user) -> bool:
    return user.is_authenticated and user.is_staff


def reader(request) -> User | None:
    """The user whose rights decide which times are shown; None for a visitor."""
    return request.user if request.user.is_authenticated else None


def chosen_patient(request) -> Patient | None:
    """The patient in the URL (`?patient=<id>`), if the user may act for others, and for them."""
    chosen = id_of(request.GET.get("patient"))
    if chosen is None or not request.user.is_authenticated or not request.user.acts_for_others:
        return None
    return Patient.objects.visible_to(request.user).filter(pk=chosen).first()


def people_of(user: User, scope: Scope = Scope.APPOINTMENTS) -> list[Patient]:
    """The patients for whom the user may act in `scope`, the user themself first: one query
    (A14)."""
    found = Patient.objects.of(user, scope).order_by("search_name", "pk")
    return sorted(found, key=lambda patient: patient.user_id != user.pk)


def whom_options(request, chosen: Patient | None) -> list[tuple[int, str, bool]]:
    """For patients who look after others: (id, name, whether chosen) of whom they book for. One
    query for them."""
    user = request.user
    if not user.is_authenticated or not user.is_patient or not user.acts_for_others:
        return []
    return [(one.pk, one.name, one == chosen) for one in people_of(user)]


def appointment_to_move(request) -> Appointment | None:
    """The appointment in the URL (`?move=<id>`) for which a new time is chosen, if it can be
    moved."""
    chosen = id_of(request.GET.get("move"))
    if chosen is None or not request.user.is_authenticated:
        return None
    found = Appointment.objects.visible_to(request.user).select_related(
        "office", "patient", "doctor"
    )
    appointment = found.filter(pk=chosen).first()
    return appointment if appointment and appointment.can("reschedule") else None


def choosing(*, moving: Appointment | None, patient: Patient | None) -> Callable[[int], str]:
    """Where choosing a slot (its id) leads: to moving an appointment there, or to booking it."""
    if moving:
        page = reverse("appointment-reschedule", args=[moving.pk])
        return lambda slot: f"{page}?slot={slot}"
    page = reverse("slot-book", args=[0]) + (f"?patient={patient.pk}" if patient else "")
    return lambda slot: page.replace("0", str(slot), 1)


def may_book_with(user) -> Callable[[int, int], bool]:
    """A function of (doctor's user id, office id) for lists of slots; at most one query.

    It gives the same result as the rule `portal.book_slot`, without a query per row.
    """
    if not user.is_authenticated or user.is_patient or user.is_admin:
        return lambda doctor_user, office: True
    if user.is_doctor:
        return lambda doctor_user, office: doctor_user == user.pk
    offices = set(offices_of(user).values_list("pk", flat=True))
    return lambda doctor_user, office: office in offices
