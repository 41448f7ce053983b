"""A doctor who wants to be asked, one free time of theirs, and what those concerned hear."""

import pytest

from portal.appointments.services import appointments
from portal.models import AuditEvent, Notification
from tests.factories import DoctorFactory, PatientFactory, SlotFactory, in_days


@pytest.fixture
def doctor():
    return DoctorFactory(on_request=True)


@pytest.fixture
def slot(doctor):
    return SlotFactory(doctor=doctor, starts_at=in_days(5))


@pytest.fixture
def ask(slot):
    """`ask()`: a new patient's request for the slot."""

    def request(slot=slot, patient=None):
        patient = patient or PatientFactory()
        return appointments.book(slot.pk, by=patient.user)

    return request


def told(event: str) -> list[tuple]:
    rows = Notification.objects.filter(event=event).order_by("pk")
    return list(rows.values_list("facts__for", "channel"))


def facts_told(appointment, event: str) -> dict:
    return Notification.objects.get(appointment=appointment, event=event, channel="portal").facts


def trail(appointment) -> list[str]:
    events = AuditEvent.objects.filter(object_type="appointment", object_id=appointment.pk)
    return list(events.order_by("pk").values_list("verb", flat=True))
