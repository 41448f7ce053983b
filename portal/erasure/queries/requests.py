"""Requests for erasure, and how much is held of somebody who asks (requirement A19)."""

from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from portal.enums import ErasureState
from portal.models import Appointment, ErasureRequest, Notification, Patient, Review
from portal.web.pages import PAGE_SIZE, Page, page_of


@dataclass(frozen=True, slots=True)
class Amounts:
    """How many rows there are of a patient and of who was merged into them."""

    appointments: int
    messages: int
    reviews: int
    merged: int


def waiting_of(patient: Patient) -> ErasureRequest | None:
    """The request that waits, with the patient: one query."""
    found = ErasureRequest.objects.waiting().filter(patient=patient).select_related("patient")
    return found.first()


def due_on() -> Subquery:
    """When the patient of the outer query will be erased, as part of that query."""
    waiting = ErasureRequest.objects.waiting().filter(patient=OuterRef("pk"))
    return Subquery(waiting.values("due_on")[:1])


def page_of_requests(state: ErasureState, page: int = 1) -> Page[ErasureRequest]:
    """Page `page` (from 1): those that wait by the day, the others by when they ended, the newest
    first. One query."""
    found: QuerySet[ErasureRequest] = ErasureRequest.objects.filter(state=state)
    found = found.select_related("patient", "asked_by", "ended_by")
    waits = state == ErasureState.WAITING
    order = ("due_on", "pk") if waits else ("-ended_at", "-pk")
    start = (page - 1) * PAGE_SIZE
    return page_of(list(found.order_by(*order)[start : start + PAGE_SIZE + 1]), page)


def counts() -> dict[str, int]:
    """How many there are in each state: one query."""
    found = ErasureRequest.objects.order_by().values_list("state").annotate(n=Count("pk"))
    return dict.fromkeys(ErasureState.values, 0) | dict(found)


def amounts(patient: Patient) -> Amounts:
    """Three queries, and one for each step of merges."""
    ids = patient.with_merged()
    return Amounts(
        appointments=Appointment.objects.filter(patient__in=ids).count(),
        messages=_messages(patient, ids).count(),
        reviews=Review.objects.filter(appointment__patient__in=ids).count(),
        merged=len(ids) - 1,
    )


def _messages(patient: Patient, ids: list[int]) -> QuerySet[Notification]:
    to_them = Q(patient__in=ids)
    return Notification.objects.filter(
        to_them | Q(user=patient.user_id) if patient.user_id else to_them
    )
