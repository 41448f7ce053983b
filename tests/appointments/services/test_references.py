"""Each appointment gets a reference that no other has, though references are drawn at chance."""

from itertools import chain, repeat

import pytest
from django.db import IntegrityError

from portal.appointments.services import appointments
from portal.models import Appointment
from tests.factories import AppointmentFactory, PatientFactory, SlotFactory


@pytest.fixture
def drawn(monkeypatch):
    """`drawn("AAA-AAA", …)`: these are drawn next, and then the last one again and again."""

    def give(*references: str) -> None:
        left = chain(references, repeat(references[-1]))
        field = Appointment._meta.get_field("reference")
        monkeypatch.setattr(field, "default", lambda: next(left))
        monkeypatch.setitem(vars(field), "_get_default", lambda: next(left))

    return give


@pytest.mark.django_db(transaction=True)
def test_B08_a_reference_that_is_taken_is_drawn_again(drawn):
    AppointmentFactory(reference="AAA-AAA")
    patient, slot = PatientFactory(), SlotFactory()
    drawn("AAA-AAA", "BBB-BBB")

    booked = appointments.book(slot.pk, by=patient.user)

    assert booked.reference == "BBB-BBB"
    assert slot.appointments.count() == 1


@pytest.mark.django_db(transaction=True)
def test_B08_it_is_drawn_again_once(drawn):
    AppointmentFactory(reference="AAA-AAA")
    patient, slot = PatientFactory(), SlotFactory()
    drawn("AAA-AAA")

    with pytest.raises(IntegrityError):
        appointments.book(slot.pk, by=patient.user)

    slot.refresh_from_db()
    assert slot.state == "open"
