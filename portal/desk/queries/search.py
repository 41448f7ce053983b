"""Search for appointments by names, and the data that identifies people (requirement B16)."""

import re
from dataclasses import dataclass, field

from django.db.models import Q

from portal.appointments.queries.appointments import NEWEST, AppointmentRow, page_of_rows
from portal.database.written import planned_anew
from portal.models import Appointment, Doctor, Patient, User
from portal.models.names import words_of
from portal.people.queries import patients as patient_queries
from portal.people.queries.patients import PatientRow
from portal.web.pages import Page

# Up to so many people are looked up first, and their appointments by id. When more are named so,
# the newest appointments are read one after the other until the page is full.
FEW = 400
SHOWN = 8  # patients that are listed beside the appointments

_REFERENCE = re.compile(r"([A-Z2-9]{3})[- ]?([A-Z2-9]{3})")
_PART_OF_REFERENCE = re.compile(r"([A-Z2-9]{3})(?:[- ]?([A-Z2-9]{0,3}))")
# With letters and digits, so that it is no name and no phone number.
_ONLY_REFERENCE = re.compile(r"(?=.*\d)(?=.*[A-Z])[A-Z2-9]{3}-?[A-Z2-9]{3}")


@dataclass(frozen=True)
class Terms:
    """The search terms. `doctor` and `patient` must both match; `text` must match either of them,
    or a reference."""

    text: str = ""
    doctor: str = ""
    patient: str = ""

    def __bool__(self) -> bool:
        return any(words_of(term) for term in (self.text, self.doctor, self.patient))


@dataclass(frozen=True)
class Found:
    """`patients` are the first that match the terms, and one more than SHOWN if there are more.

    None for patients, who search their own appointments.
    """

    appointments: Page[AppointmentRow]
    patients: list[PatientRow] = field(default_factory=list)


@planned_anew()
def search(user: User, terms: Terms, page: int = 1) -> Found:
    """Appointments, newest first, and patients that match the terms, of those that `user` may see.

    Every word must match a part of a name; case and accents are ignored. Patients are found by
    phone too. Empty terms find nothing. Three queries for a `text`, five with all terms: people are
    searched first, then a page of appointments, because an OR over joined tables makes databases
    read all rows.
    """
    if not terms:
        return Found(Page([], page, has_next=False))
    condition = Q()
    of_text: list[tuple] = []
    of_patient: list[tuple] = []
    if words_of(terms.text):
        either, of_text = _either_named(user, terms.text)
        condition &= either
    if words_of(terms.doctor):
        condition &= _doctor_named(terms.doctor)
    if words_of(terms.patient):
        both, of_patient = _patient_named(user, terms.patient)
        condition &= both
    named = of_text if words_of(terms.text) else of_patient
    found = Appointment.objects.visible_to(user).filter(condition)
    rows = page_of_rows(found, NEWEST, page)
    return Found(rows, [PatientRow(*one) for one in named[: SHOWN + 1]] if user.is_staff else [])


def reference_of(text: str) -> str:
    """“k7m4qx” and “K7M 4QX” become `K7M-4QX`; "" if it cannot be a reference."""
    match = _REFERENCE.fullmatch(text.strip().upper())
    return "-".join(match.groups()) if match else ""


def _either_named(user: User, text: str) -> tuple[Q, list[tuple]]:
    """The doctor or the patient, or the appointment itself by its reference."""
    if _ONLY_REFERENCE.fullmatch(text.strip().upper()):
        return _with_reference(text), []
    patient, named = _patient_named(user, text)
    either = patient | _with_reference(text)
    if not patient_queries.read(text).words:  # digits alone are no doctor
        return either, named
    return either | _doctor_named(text), named


def _patient_named(user: User, text: str) -> tuple[Q, list[tuple]]:
    """The condition, and the first FEW + 1 of these patients by name, as values: one query.

    So many that the appointments of most names can be looked up by these ids.
    """
    named = list(patient_queries.values(patient_queries.find(user, text)[: FEW + 1]))
    if len(named) <= FEW:
        return Q(patient__among=[pk for pk, *_rest in named]), named
    everybody = patient_queries.matching(Patient.objects.all(), text)
    return Q(patient__in=everybody.values("pk")), named


def _doctor_named(text: str) -> Q:
    doctors = Doctor.objects.order_by()
    for word in words_of(text):
        doctors = doctors.filter(search_name__joined__contains=word)
    return Q(doctor__in=list(doctors.values_list("pk", flat=True)))


def _with_reference(text: str) -> Q:
    """Also finds the first half of a reference, or more. A range can use the index in any
    collation."""
    if reference := reference_of(text):
        return Q(reference=reference)
    part = _PART_OF_REFERENCE.fullmatch(text.strip().upper())
    if part is None:
        return Q(pk__in=[])
    begins = "-".join(filter(None, part.groups()))
    return Q(reference__range=(begins, begins + "Z" * 7))
