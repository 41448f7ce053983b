"""Lists and search of appointments (requirements B16, B17)."""

from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from portal.models import Appointment, Doctor, Office, Patient, User
from portal.models.names import fold
from portal.queries.grid import local_day
from portal.queries.pages import Page, paged

TABS = ("upcoming", "past", "cancelled")


def with_people(appointments: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """Adds what every list and page of appointments prints. Costs no query of its own."""
    return appointments.select_related("patient", "doctor", "doctor__specialty", "office")


def of_user(user: User, tab: str, page: int = 1) -> Page[Appointment]:
    """The user's own appointments in one of TABS: one query."""
    appointments = with_people(Appointment.objects.visible_to(user))
    if tab == "past":
        return paged(appointments.past().order_by("-starts_at", "-pk"), page)
    if tab == "cancelled":
        return paged(appointments.cancelled().order_by("-starts_at", "-pk"), page)
    return paged(appointments.upcoming().order_by("starts_at", "pk"), page)


def search(user: User, *, doctor: str = "", patient: str = "", page: int = 1) -> Page[Appointment]:
    """Appointments whose doctor's and patient's names contain every word asked for, newest first.

    Parts of names, any case, accents ignored; when both are given both must match; nothing given
    finds nothing. Only what `user` may see. At most three queries: people first, then appointments
    by id, because an OR over joined tables makes databases read every appointment.
    """
    found = Appointment.objects.visible_to(user)
    if not fold(doctor) and not fold(patient):
        return paged(found.none(), page)
    if fold(doctor):
        found = found.filter(doctor__in=ids_named(Doctor.objects.all(), doctor))
    if fold(patient):
        found = found.filter(patient__in=ids_named(Patient.objects.visible_to(user), patient))
    return paged(with_people(found).order_by("-starts_at", "-pk"), page)


def search_any(user: User, text: str, page: int = 1) -> Page[Appointment]:
    """Appointments whose doctor or patient is named so. At most three queries."""
    found = Appointment.objects.visible_to(user)
    if not fold(text):
        return paged(found.none(), page)
    doctors = ids_named(Doctor.objects.all(), text)
    patients = ids_named(Patient.objects.visible_to(user), text)
    either = found.filter(patient__in=patients)
    if doctors:
        either = either | found.filter(doctor__in=doctors)
    return paged(with_people(either).order_by("-starts_at", "-pk"), page)


def ids_named(people: QuerySet, text: str, limit: int = 1000) -> list[int]:
    """Ids of the people whose name contains every word of `text`: one query."""
    for word in fold(text).split():
        people = people.filter(search_name__contains=word)
    return list(people.order_by().values_list("pk", flat=True)[:limit])


def of_day(offices: list[Office], day: date) -> QuerySet[Appointment]:
    """Every appointment of one day at `offices`, each office's own day; cancelled ones too."""
    appointments = Appointment.objects.none()
    for office in offices:
        start, end = local_day(day, office.zone)
        appointments = appointments | Appointment.objects.filter(
            office=office, starts_at__gte=start, starts_at__lt=end
        )
    return with_people(appointments).order_by("starts_at", "doctor__name", "pk")


def doctors_day(doctor: Doctor, day: date) -> list[Appointment]:
    """A doctor's appointments on a date of the doctor's main office: one query."""
    start, end = local_day(day, doctor.office.zone)
    appointments = doctor.appointments.filter(starts_at__gte=start, starts_at__lt=end)
    return list(with_people(appointments).order_by("starts_at", "pk"))


def next_of(user: User) -> Appointment | None:
    """The next appointment that the user is party to: one query."""
    appointments = Appointment.objects.visible_to(user).upcoming()
    return with_people(appointments).filter(ends_at__gt=timezone.now()).first()
