"""What stands in the way of a merge, who stays, and what each of two patients has (A17)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from portal.enums import WaitState
from portal.models import GONE, LIVE, Appointment, Patient, PatientMerge, PatientPhone, User, Wait

TAKEN_BACK_WITHIN = timedelta(days=30)

Pair = tuple[Appointment, Appointment]


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is kept of one patient. `last`: the last appointment that took place, or None."""

    patient: Patient
    appointments: int
    coming: int
    waits: int
    last: Appointment | None
    further: list[PatientPhone]


def holdings(patient: Patient) -> Holdings:
    """Five queries."""
    mine = Appointment.objects.filter(patient=patient)
    past = mine.filter(starts_at__lte=timezone.now()).exclude(state__in=GONE)
    return Holdings(
        patient,
        appointments=mine.count(),
        coming=mine.upcoming().count(),
        waits=Wait.objects.waiting().filter(patient=patient).count(),
        further=list(patient.further_phones.all()),
        last=past.select_related("office").order_by("-starts_at", "-pk").first(),
    )


def overlapping(one: Patient, other: Patient) -> list[Pair]:
    """Live appointments and requests of the two that are at the same time, by start: one query."""
    live = Appointment.objects.filter(patient__in=[one.pk, other.pk], state__in=LIVE)
    return list(_pairs(live.select_related("office", "doctor").order_by("starts_at", "pk")))


def _pairs(by_start: QuerySet[Appointment]) -> Iterator[Pair]:
    running: list[Appointment] = []
    for later in by_start:
        running = [one for one in running if one.ends_at > later.starts_at]
        yield from ((one, later) for one in running if one.patient_id != later.patient_id)
        running.append(later)


def waits_for_the_same(one: Patient, other: Patient) -> list[Wait]:
    """Entries of the other for a time that the one waits for, too: one query."""
    waiting = Wait.objects.filter(state=WaitState.WAITING)
    times = waiting.filter(patient=one).exclude(slot=None).values("slot")
    same = waiting.filter(patient=other, slot__in=times)
    return list(same.select_related("slot__office", "slot__doctor").order_by("pk"))


def who_stays(pk: int, *, for_user: User) -> Patient | None:
    """The patient to whom this number leads after merges, erased or not, if `for_user` knows them;
    None if the number was not merged. One query for each step of a chain, and one more."""
    found, to = None, _merged_into(pk)
    while to is not None:
        found, to = to, _merged_into(to)
    return Patient.objects.known_to(for_user).filter(pk=found).first() if found else None


def _merged_into(pk: int) -> int | None:
    return Patient.objects.filter(pk=pk).values_list("merged_into", flat=True).first()


def standing(kept: Patient) -> list[PatientMerge]:
    """The merges into this patient that were not taken back, the newest first: one query."""
    found = PatientMerge.objects.standing().filter(kept=kept).select_related("gone", "by")
    return list(found.order_by("-pk"))


def are_into() -> Exists:
    """Whether such merges exist, as a part of the query that reads the patient: `annotate(…)`."""
    return Exists(PatientMerge.objects.standing().filter(kept=OuterRef("pk")))


def can_be_taken_back(merge: PatientMerge) -> bool:
    """No query."""
    return merge.taken_back_at is None and merge.at > timezone.now() - TAKEN_BACK_WITHIN
