"""What mails about an appointment say: when, where, with whom and what to do next (D01)."""

import re
from datetime import timedelta

import pytest
import time_machine
from icalendar import Calendar

from portal.appointments.queries.message_facts import facts_of
from portal.appointments.services import appointments
from portal.models import CalendarDomain, ClinicSettings, Notification
from portal.notifications.services import wording
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    NotificationFactory,
    OfficeFactory,
    SlotFactory,
)
from tests.notifications.services.test_wording import (
    ORIGIN,
    STARTS,
    page_of,
    sent,
    text_of,
    written,
)
from tests.setups.outbox import deliver_all

pytestmark = pytest.mark.django_db

NOW = STARTS - timedelta(days=3)


@pytest.fixture(autouse=True)
def clinic(settings):
    settings.ORIGIN = ORIGIN
    with time_machine.travel(NOW, tick=False):
        yield ClinicSettings.objects.create(pk=1, name="Harbour Clinic", phone="+34910000001")


@pytest.fixture
def appointment():
    return AppointmentFactory(
        starts_at=STARTS,
        patient__name="Ana Ruiz",
        doctor__name="Dr Elena Gil",
        doctor__office__name="North",
        doctor__office__address="1 Harbour Street",
        reference="K7M-4QX",
    )


def mail_to(appointment, kind: str, event: str = "appointment_confirmed", **facts) -> str:
    return text_of(sent(written(appointment, event, kind, "email", **facts)))


def test_D01_patients_read_when_where_with_whom_and_what_next(appointment):
    text = mail_to(appointment, "patient")

    for line in (
        "Hello Ana Ruiz,",
        "  When: Thursday 4 March 2027, 13:30–14:00 (Madrid time)",
        "  Where: North, 1 Harbour Street",
        "  Doctor: Dr Elena Gil",
        "  Phone: +34 910 00 00 01",
        "  Reference: K7M-4QX",
        f"{ORIGIN}/appointments/{appointment.pk}/",
        "You can cancel online until Thursday 4 March, 09:30."
        " After that, please call +34 910 00 00 01.",
    ):
        assert line in text.splitlines(), text


def test_D01_doctors_read_who_comes_when(appointment):
    text = mail_to(appointment, "doctor")

    assert "Hello Dr Elena Gil," in text
    assert "  Patient: Ana Ruiz" in text
    assert "  When: Thursday 4 March 2027, 13:30–14:00 (Madrid time)" in text
    assert "cancel online" not in text


def test_D01_too_late_to_cancel_online_it_says_whom_to_call(appointment):
    with time_machine.travel(STARTS - timedelta(hours=3)):
        text = mail_to(appointment, "patient")

    assert "Can you not come? Please call +34 910 00 00 01." in text
    assert "cancel online" not in text


def test_D01_a_video_appointment_has_no_address(appointment):
    appointment.mode = "video"
    appointment.save()

    assert "  Where: By video\n" in mail_to(appointment, "patient")


def test_D01_old_and_new_time_stand_side_by_side(appointment, mailoutbox):
    office = OfficeFactory(name="Tenerife", time_zone="Atlantic/Canary")
    slot = SlotFactory(
        doctor=appointment.doctor, office=office, starts_at=STARTS + timedelta(days=1)
    )
    appointments.reschedule(appointment, slot_id=slot.pk, by=AdminFactory())
    deliver_all()

    to_patient = mailoutbox[0].body
    assert "  New time: Friday 5 March 2027, 12:30–13:00 (Canary time)" in to_patient
    assert "  Old time: Thursday 4 March 2027, 13:30 (Madrid time), North" in to_patient


@pytest.mark.parametrize(
    ("who", "patient_reads", "doctor_reads"),
    [
        ("patient", "You have cancelled your appointment.", "The patient has cancelled"),
        ("desk", "the clinic has had to cancel", "The clinic has cancelled"),
    ],
)
def test_D01_who_cancelled_is_said(appointment, mailoutbox, who, patient_reads, doctor_reads):
    by = appointment.patient.user if who == "patient" else AdminFactory()
    appointments.cancel(appointment, by=by, reason="health", comment="Sciatica")
    deliver_all()

    [to_patient, to_doctor] = mailoutbox
    assert patient_reads in to_patient.body
    assert doctor_reads in to_doctor.body
    assert f"{ORIGIN}/slots/?doctor={appointment.doctor_id}" in to_patient.body
    for mail in mailoutbox:
        assert not re.search("Sciatica|[Hh]ealth", mail.message().as_string())


def test_D01_reminders_of_one_day_name_each(appointment):
    later = AppointmentFactory(
        doctor=appointment.doctor, patient=appointment.patient, starts_at=STARTS.replace(hour=15)
    )
    others = [facts_of(later) | {"appointment": later.pk}]
    notification = written(appointment, "reminder", "patient", "email", others=others)
    short = written(appointment, "reminder", "patient", "sms", others=others)

    assert wording.title(notification) == "Reminder: your appointments on Thursday 4 March"
    assert f"  16:30–17:00: Dr Elena Gil, North ({later.reference})" in text_of(sent(notification))
    assert "Ref K7M-4QX and 1 more that day" in wording.short(short)


def test_D01_reminders_ask_whether_one_comes(appointment):
    mail = sent(written(appointment, "reminder", "patient", "email"))
    sms = wording.short(written(appointment, "reminder", "patient", "sms"))

    link = re.search(rf"I’m coming / I can’t come:\n({ORIGIN}/attendance/\S+)", text_of(mail))[1]
    assert f'href="{link}"' in page_of(mail)
    assert link in sms


def test_D01_a_link_that_does_not_fit_into_the_sms_is_left_out(appointment, clinic):
    clinic.name = "Κλινική"
    clinic.save()
    others = [facts_of(appointment) | {"appointment": 10**9}] * 8
    sms = wording.short(written(appointment, "reminder", "patient", "sms", others=others))

    assert "http" not in sms
    assert "Ref K7M-4QX and 8 more that day" in sms


def test_D01_a_reminder_that_speaks_of_another_appointment_tells_its_place(appointment):
    other = AppointmentFactory(
        patient=appointment.patient,
        starts_at=STARTS.replace(hour=15),
        doctor__office__name="South",
        doctor__office__address="9 Hill Road",
    )
    notification = written(appointment, "reminder", "patient", "email")
    notification.facts |= facts_of(other) | {"appointment": other.pk}
    text = text_of(sent(notification))

    assert "  Where: South, 9 Hill Road" in text
    assert f"{ORIGIN}/appointments/{other.pk}/" in text


def calendar_of(mail):
    [part] = mail.iter_attachments()
    calendar = Calendar.from_ical(part.get_content())
    [event] = calendar.walk("VEVENT")
    assert part.get_filename() == "appointment.ics"
    assert part.get_content_type() == "text/calendar"
    assert part.get_param("method") == calendar["method"]
    return calendar["method"], event


def test_D01_calendars_follow_booking_moving_and_cancelling(appointment):
    slot = SlotFactory(doctor=appointment.doctor, starts_at=STARTS + timedelta(days=1))
    admin = AdminFactory()
    steps = [sent(written(appointment, "appointment_confirmed", "patient", "email"))]
    moved = appointments.reschedule(appointment, slot_id=slot.pk, by=admin)
    cancelled = appointments.cancel(moved, by=admin, reason="other")
    for event in ("appointment_moved", "appointment_cancelled"):
        own = Notification.objects.get(event=event, channel="email", facts__for="patient")
        own.address = "to@example.org"
        steps.append(sent(own))

    told = [calendar_of(mail) for mail in steps]
    assert [(method, event["sequence"]) for method, event in told] == [
        ("REQUEST", 0),
        ("REQUEST", 1),
        ("CANCEL", 2),
    ]
    assert {event["uid"] for _method, event in told} == {
        f"appointment-{appointment.pk}@{CalendarDomain.current()}"
    }
    assert [event["dtstart"].dt for _method, event in told] == [
        STARTS,
        slot.starts_at,
        slot.starts_at,
    ]
    assert cancelled.version == 3


def test_D01_a_calendar_entry_says_no_more_than_it_must(appointment):
    _method, to_patient = calendar_of(
        sent(written(appointment, "appointment_confirmed", "patient", "email"))
    )
    _method, to_doctor = calendar_of(
        sent(written(appointment, "appointment_confirmed", "doctor", "email"))
    )

    assert to_patient["summary"] == "Appointment at Harbour Clinic"
    assert to_patient["location"] == "North, 1 Harbour Street"
    assert to_patient["organizer"] == "mailto:clinic@localhost"
    assert to_patient["attendee"] == "mailto:to@example.org"
    assert to_doctor["summary"] == "Appointment K7M-4QX"
    assert "Ana" not in to_doctor.to_ical().decode()


def test_D01_reminders_and_messages_carry_no_calendar(appointment):
    mail = sent(written(appointment, "reminder", "patient", "email"))

    assert list(mail.iter_attachments()) == []


def test_D01_a_forged_host_is_in_no_message(client, settings, mailoutbox):
    settings.ALLOWED_HOSTS = ["*"]
    forged = {"HTTP_HOST": "evil.example", "HTTP_X_FORWARDED_HOST": "evil.example"}
    slot = SlotFactory(starts_at=STARTS)
    patient = AppointmentFactory(starts_at=STARTS + timedelta(days=2)).patient
    client.force_login(patient.user)
    url = f"/slots/{slot.pk}/book/"
    token = client.get(url, **forged).context["form"]["token"].value()

    answer = client.post(url, {"token": token, "reason": ""}, **forged)
    deliver_all()

    assert answer.status_code == 302
    assert len(mailoutbox) == 2
    for mail in mailoutbox:
        assert ORIGIN in mail.body
        assert "evil" not in mail.message().as_string() + mail.body + mail.alternatives[0].content


def test_D01_words_cost_no_query_in_lists(appointment, clinic, django_assert_num_queries):
    NotificationFactory(appointment=appointment)
    found = Notification.objects.get()

    with django_assert_num_queries(0):
        wording.title(found, clinic=clinic)
        wording.short(found, clinic=clinic)


def test_D01_a_mail_costs_a_query_and_its_calendar_another(appointment, django_assert_num_queries):
    notification = written(appointment, "appointment_confirmed", "patient", "email")

    with django_assert_num_queries(2):
        wording.email(notification)


def test_D01_the_calendar_entry_of_a_video_appointment_has_no_address(appointment):
    appointment.mode = "video"
    appointment.save()

    mail = sent(written(appointment, "appointment_confirmed", "patient", "email"))

    [file] = [part.get_content() for part in mail.iter_attachments()]
    [entry] = Calendar.from_ical(file).walk("VEVENT")
    assert entry["location"] == "By video"
