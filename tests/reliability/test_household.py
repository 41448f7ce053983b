"""Access that ends while somebody books by it."""

from functools import partial

import pytest

from portal.appointments.services import appointments, obstacles
from portal.errors import Forbidden
from portal.household.services import access as accesses
from portal.models import Appointment, AuditEvent, Patient, locks
from tests.factories import ProxyAccessFactory, SlotFactory, in_days
from tests.reliability.pairs import meet, on_postgresql, without

pytestmark = pytest.mark.django_db(transaction=True)


def acts() -> tuple:
    """The end of an access, and a booking by it."""
    access, slot = ProxyAccessFactory(), SlotFactory(starts_at=in_days(3))
    book = partial(appointments.book, slot.pk, patient_id=access.patient_id, by=access.user)
    return partial(accesses.end, access, by=access.user), book


def order() -> list[str]:
    found = AuditEvent.objects.filter(verb__in=["book", "end_access"]).order_by("pk")
    return list(found.values_list("verb", flat=True))


def test_A14_nobody_books_by_an_access_that_has_just_ended():
    end, book = acts()

    _ended, booked = meet(end, book, accesses, "_standing")

    assert type(booked) is Forbidden
    assert not Appointment.objects.exists()


def test_A14_an_access_ends_after_the_booking_that_came_first():
    end, book = acts()

    meet(book, end, obstacles, "check_patient_is_free")

    assert order() == ["book", "end_access"]


@on_postgresql
def test_proof_that_without_the_patients_lock_a_booking_would_come_after_the_end():
    end, book = acts()

    def read(*pks: int):
        return Patient.objects.in_bulk(pks)

    with without((locks, "patients", read)):
        meet(book, end, obstacles, "check_patient_is_free")

    assert order() == ["end_access", "book"]
