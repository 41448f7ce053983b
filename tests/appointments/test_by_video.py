"""An appointment by video is said to be one, and nothing about it names the way to the office."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from portal.appointments.queries.message_facts import facts_of
from portal.enums import Channel, Mode
from portal.models import ClinicSettings, Notification
from portal.notifications.registry import EVENTS
from portal.notifications.services import wording
from tests.factories import AppointmentFactory, NotificationFactory, SlotFactory, in_days
from tests.setups.attendance import attendance_token

pytestmark = pytest.mark.django_db

OFFICE, ADDRESS = "Alder Centro", "1 Harbour Street"


@pytest.fixture
def doctor(doctor):
    doctor.office.name, doctor.office.address = OFFICE, ADDRESS
    doctor.office.save()
    return doctor


@pytest.fixture
def appointment(patient, doctor):
    return AppointmentFactory(
        patient=patient, doctor=doctor, mode=Mode.VIDEO, starts_at=in_days(3), reason="Talk"
    )


def main_of(response) -> str:
    page = response.content.decode()
    return page[page.index("<main") : page.index("</main>")]


PAGES_OF_PATIENTS = {
    "dashboard": lambda one: reverse("dashboard"),
    "list": lambda one: reverse("appointments"),
    "detail": lambda one: one.get_absolute_url(),
    "confirmation": lambda one: reverse("appointment-booked", args=[one.pk]),
    "cancel": lambda one: reverse("appointment-cancel", args=[one.pk]),
    "search": lambda one: reverse("search") + f"?doctor={one.doctor.name}",
    "wait": lambda one: reverse("wait-new") + f"?appointment={one.pk}",
    "reminder": lambda one: reverse("attendance", args=[attendance_token(one)]),
}


@pytest.mark.parametrize("where", PAGES_OF_PATIENTS)
def test_patients_read_that_it_is_by_video_and_no_way_to_the_office(as_patient, appointment, where):
    text = main_of(as_patient.get(PAGES_OF_PATIENTS[where](appointment)))

    assert "By video" in text
    assert ADDRESS not in text
    assert "ten minutes early" not in text
    if where != "wait":  # it tells at which office an earlier time is looked for
        assert OFFICE not in text.replace(f"please call {OFFICE}", "")


def test_the_second_of_two_on_the_dashboard_too(as_patient, appointment, patient):
    AppointmentFactory(patient=patient, starts_at=in_days(1))

    text = main_of(as_patient.get(reverse("dashboard")))

    assert "By video" in text
    assert OFFICE not in text


def test_a_new_time_is_by_video_as_well(as_patient, appointment):
    slot = SlotFactory(doctor=appointment.doctor, starts_at=in_days(4))
    url = reverse("appointment-reschedule", args=[appointment.pk])

    text = main_of(as_patient.get(url, {"slot": slot.pk}))

    assert text.count("By video") == 2
    assert OFFICE not in text


PAGES_OF_STAFF = {
    "list": lambda one: reverse("appointments"),
    "detail": lambda one: one.get_absolute_url(),
    "patient": lambda one: one.patient.get_absolute_url(),
    "search": lambda one: reverse("search") + f"?q={one.patient.name}",
    "transfer": lambda one: reverse("appointment-transfer", args=[one.pk]),
    "confirmation": lambda one: reverse("appointment-booked", args=[one.pk]),
}


@pytest.mark.parametrize("who", ["as_doctor", "as_assistant"])
@pytest.mark.parametrize("where", PAGES_OF_STAFF)
def test_staff_read_that_it_is_by_video_and_whose_diary_it_is_in(request, who, appointment, where):
    client = request.getfixturevalue(who)

    text = main_of(client.get(PAGES_OF_STAFF[where](appointment)))

    assert "By video" in text
    assert OFFICE in text
    assert ADDRESS not in text


def test_a_request_by_video_is_marked_in_the_queue(as_assistant, doctor):
    AppointmentFactory(doctor=doctor, mode=Mode.VIDEO, state="requested", starts_at=in_days(3))

    assert "By video" in main_of(as_assistant.get(reverse("requests")))


NOT_ABOUT_APPOINTMENTS = (
    "access_",
    "chart",
    "correction_",
    "doctor_",
    "erasure_",
    "link_code",
    "note_",
    "own_data",
    "patient_changed",
)
WITHOUT_A_MODE = ("slot_", "offer_", "wait_", *NOT_ABOUT_APPOINTMENTS)
CASES = [
    pytest.param(event.name, kind, channel, id=f"{event.name}-{kind}-{channel}")
    for event in EVENTS.values()
    for kind, channels in event.channels.items()
    for channel in channels
    if kind in ("patient", "doctor") and not event.name.startswith(WITHOUT_A_MODE)
]


def told(appointment, event: str, kind: str, channel: str) -> Notification:
    facts = facts_of(appointment) | {"for": kind, "by": "clinic", "appointment": appointment.pk}
    moved = {"was_starts_at": in_days(2).isoformat(), "was_office": "North"}
    return NotificationFactory(
        event=event,
        channel=channel,
        appointment=appointment,
        user={"patient": appointment.patient, "doctor": appointment.doctor}[kind].user,
        address="to@example.org",
        facts=facts | (moved if event == "appointment_moved" else {}),
    )


@pytest.mark.parametrize(("event", "kind", "channel"), CASES)
def test_no_message_sends_anybody_to_the_office(appointment, event, kind, channel):
    notification = told(appointment, event, kind, channel)
    words = wording.title(notification) + wording.short(notification)
    if channel == Channel.EMAIL:
        mail = wording.email(notification)
        words += mail.body + "".join(str(file) for file in mail.attachments)
        assert "By video" in mail.body

    assert OFFICE not in words
    assert ADDRESS not in words
    assert not re.search("North|ten minutes early|Can you not come|place", words)


def test_short_messages_say_by_video(appointment):
    sms = wording.short(told(appointment, "reminder", "patient", Channel.SMS))
    portal = wording.short(told(appointment, "appointment_confirmed", "patient", Channel.PORTAL))

    assert ", by video. Ref" in sms
    assert ", by video. Ref" in portal


def test_others_of_the_day_and_of_a_series_say_it_too(appointment, patient, doctor):
    other = AppointmentFactory(
        patient=patient, doctor=doctor, starts_at=in_days(4), mode=Mode.VIDEO
    )
    others = [facts_of(other) | {"appointment": other.pk}]
    for event in ("reminder", "series_booked", "series_cancelled"):
        notification = told(appointment, event, "patient", Channel.EMAIL)
        notification.facts |= {"others": others}
        text = wording.email(notification).body

        assert f"by video ({other.reference})" in text
        assert OFFICE not in text


def test_a_calendar_entry_has_no_address(as_patient, appointment):
    ClinicSettings.current()

    file = as_patient.get(reverse("appointment-calendar", args=[appointment.pk]))

    assert b"LOCATION:By video" in file.content
    assert ADDRESS.encode() not in file.content


def test_what_is_at_the_office_still_names_it(as_patient, appointment):
    appointment.mode = Mode.IN_PERSON
    appointment.ends_at += timedelta(minutes=1)
    appointment.save()

    for page in ("dashboard", "detail", "confirmation", "reminder"):
        text = main_of(as_patient.get(PAGES_OF_PATIENTS[page](appointment)))
        assert OFFICE in text
        assert ADDRESS in text
        assert "By video" not in text
    mail = wording.email(told(appointment, "reminder", "patient", Channel.EMAIL)).body
    assert f"Where: {OFFICE}, {ADDRESS}" in mail
    assert "Please come ten minutes early" in mail
