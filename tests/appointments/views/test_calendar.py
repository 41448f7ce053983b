"""/appointments/<id>/calendar/: the same entry as in the mails (B22)."""

import pytest
from django.urls import reverse
from icalendar import Calendar

from portal.appointments.services import appointments
from tests.factories import AppointmentFactory, SlotFactory, in_days


@pytest.fixture
def appointment(patient, doctor):
    return AppointmentFactory(
        patient=patient, doctor=doctor, starts_at=in_days(3), reason="Knee pain"
    )


def entry(client, appointment):
    """The file's method and its one event."""
    response = client.get(reverse("appointment-calendar", args=[appointment.pk]))
    assert response["Content-Type"].startswith("text/calendar")
    assert appointment.reference in response["Content-Disposition"]
    calendar = Calendar.from_ical(response.content.decode())
    [event] = calendar.walk("VEVENT")
    return calendar["method"], event


@pytest.mark.parametrize("who", ["as_patient", "as_doctor", "as_assistant"])
def test_B22_it_says_when_and_where_and_nothing_clinical(request, who, appointment):
    method, event = entry(request.getfixturevalue(who), appointment)

    assert method == "PUBLISH"
    assert event.start == appointment.starts_at
    assert event.end == appointment.ends_at
    text = event.to_ical().decode().lower()
    assert "knee" not in text
    assert appointment.doctor.specialty.name.lower() not in text


def test_B22_it_is_the_same_entry_as_it_changes(as_patient, appointment):
    slot = SlotFactory(doctor=appointment.doctor, starts_at=in_days(4))
    _method, before = entry(as_patient, appointment)

    moved = appointments.reschedule(appointment, slot_id=slot.pk, by=as_patient.user)
    _method, after = entry(as_patient, moved)
    appointments.cancel(moved, by=as_patient.user, reason="health")
    method, at_last = entry(as_patient, moved)

    assert before["uid"] == after["uid"] == at_last["uid"]
    assert (before["sequence"], after["sequence"], at_last["sequence"]) == (0, 1, 2)
    assert after.start == slot.starts_at
    assert (method, at_last["status"]) == ("CANCEL", "CANCELLED")


def test_B22_the_pages_lead_to_it(as_patient, appointment):
    url = reverse("appointment-calendar", args=[appointment.pk])

    for name in ("appointment", "appointment-booked"):
        page = as_patient.get(reverse(name, args=[appointment.pk]))
        assert url in page.content.decode()
