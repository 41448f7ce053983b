"""The recipients of a message from the clinic (requirement D03).

A Broadcast, saved or not, selects them: one person; everybody of a role with an account; the
patients of an office, who have an appointment there in the last twelve months or in the future; or
the patients with a live appointment of a doctor on a day. The last two groups need no account.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import BooleanField, Case, Count, Q, QuerySet, Value, When
from django.utils import timezone

from portal.clock.grid import local_day
from portal.database.written import planned_anew
from portal.enums import Audience, UserState
from portal.models import HOLDING, LIVE, Appointment, Broadcast, Patient, User
from portal.models.names import joined

SEEN_WITHIN = timedelta(days=365)
FOUND = 10  # people whom a search offers


@dataclass(frozen=True)
class Person:
    """A person with a login, a patient row, or both."""

    user: User | None
    patient: Patient | None


@dataclass(frozen=True)
class Group:
    """The number of recipients who are reached in the same way; `state` and `switched_off` are
    those of their login, if they have one.

    The count needs one row per group, independent of the number of recipients.
    """

    has_login: bool
    state: str | None
    switched_off: str | None
    has_phone: bool
    has_email: bool  # on file, which counts for those without a login
    is_not_written_to: bool
    is_deceased: bool
    people: int


def groups(broadcast: Broadcast) -> list[Group]:
    """One query."""
    found, user, patient = _found(broadcast)
    has_no_phone = Q(**{f"{patient}phone": ""})
    if patient:
        has_no_phone |= Q(patient__isnull=True)
    has_email = Q(**{f"{patient}email__gt": ""})
    is_not_written_to = Q(**{f"{patient}is_not_written_to": True})
    is_deceased = Q(**{f"{patient}deceased_on__isnull": False})
    counted = (
        found.order_by()
        .annotate(
            has_login=_flag(Q(user__isnull=False)) if user else Value(True),
            has_phone=_flag(~has_no_phone),
            has_email=_flag(has_email),
            unwritten=_flag(is_not_written_to),
            deceased=_flag(is_deceased),
        )
        .values_list(
            *("has_login", f"{user}state", f"{user}switched_off"),
            *("has_phone", "has_email", "unwritten", "deceased"),
        )
        .annotate(people=Count("pk"))
    )
    return [Group(*values) for values in counted]


def in_batches(broadcast: Broadcast, size: int) -> Iterator[list[Person]]:
    """All recipients in a stable order: one query for their ids, and one per batch."""
    found, user, _patient = _found(broadcast)
    ids = list(found.order_by("pk").values_list("pk", flat=True))
    people = found.model.objects.select_related("user" if user else "patient").order_by("pk")
    for start in range(0, len(ids), size):
        part = people.filter(pk__in=ids[start : start + size])
        if user:
            yield [Person(patient.user, patient) for patient in part]
        else:
            yield [Person(one, getattr(one, "patient", None)) for one in part]


def appointments_by_patient(broadcast: Broadcast) -> dict[int, int]:
    """For a doctor's day: the appointment through which each patient is a recipient. One query, or
    none."""
    if broadcast.audience != Audience.DOCTOR_DAY:
        return {}
    of_day = _of_day(broadcast).order_by("-starts_at")  # the first of the day stays
    return dict(of_day.values_list("patient", "pk"))


@planned_anew()
def find_users(text: str) -> list[User]:
    """Up to FOUND people with an account, by parts of the name or email address: one query."""
    found = User.objects.filter(state=UserState.ACTIVE)
    for word in text.replace("\0", "").replace(",", " ").split():
        condition = Q(email__icontains=word)
        if folded := joined(word):
            condition |= (
                Q(search_name__joined__contains=folded)
                | Q(patient__search_name__joined__contains=folded)
                | Q(doctor__search_name__joined__contains=folded)
            )
        found = found.filter(condition)
    return list(found.order_by("search_name", "pk")[:FOUND])


def _found(broadcast: Broadcast) -> tuple[QuerySet, str, str]:
    """Users or patients, with the lookup paths from them to the login and to the patient's row."""
    if broadcast.audience == Audience.USER:
        return User.objects.filter(pk=broadcast.user_id or 0), "", "patient__"
    if broadcast.audience == Audience.ROLE:
        everybody = User.objects.filter(role=broadcast.role, state=UserState.ACTIVE)
        return everybody, "", "patient__"
    of = _of_office if broadcast.audience == Audience.OFFICE else _of_day
    patients = Patient.objects.filter(pk__in=of(broadcast).order_by().values("patient"))
    return patients, "user__", ""


def _of_office(broadcast: Broadcast) -> QuerySet[Appointment]:
    return Appointment.objects.filter(
        office=broadcast.office_id,
        starts_at__gte=timezone.now() - SEEN_WITHIN,
        state__in={*LIVE, *HOLDING},
    )


def _of_day(broadcast: Broadcast) -> QuerySet[Appointment]:
    """On a date of the doctor's main office."""
    if broadcast.doctor is None or broadcast.day is None:
        return Appointment.objects.none()
    start, end = local_day(broadcast.day, broadcast.doctor.office.zone)
    return Appointment.objects.live().filter(
        doctor=broadcast.doctor_id, starts_at__gte=start, starts_at__lt=end
    )


def _flag(condition: Q) -> Case:
    return Case(When(condition, then=True), default=False, output_field=BooleanField())
