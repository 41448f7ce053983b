"""What the desk reads after it has booked or moved for a patient, and moving to another doctor
(B11, B12)."""

from uuid import uuid4

import pytest
from django.urls import reverse

from tests.factories import (
    AppointmentFactory,
    DoctorFactory,
    PatientFactory,
    SlotFactory,
    SpecialtyFactory,
    in_days,
)


@pytest.fixture
def patient(db):
    return PatientFactory(name="Ana Ruiz")


@pytest.fixture
def appointment(patient, doctor):
    return AppointmentFactory(patient=patient, doctor=doctor, starts_at=in_days(3))


@pytest.fixture
def colleague(doctor):
    return DoctorFactory(
        name="Dr Ana Soto", specialty=doctor.specialty, office=doctor.office, fee_cents=7000
    )


def move_url(appointment) -> str:
    return reverse("appointment-reschedule", args=[appointment.pk])


def moved(client, appointment, slot) -> str:
    response = client.post(move_url(appointment), {"slot": slot.pk}, follow=True)
    return str(next(iter(response.context["messages"])))


def test_B12_the_desk_reads_whom_it_moved_and_how_they_hear(
    as_assistant, appointment, doctor, settings
):
    settings.SMS_URL = "folder:"
    slot = SlotFactory(doctor=doctor, starts_at=in_days(4))

    words = moved(as_assistant, appointment, slot)

    assert words.startswith("Ana Ruiz is moved to ")
    assert words.endswith(f"with {doctor.name}. The patient is told by email and by SMS.")


def test_B12_patients_are_spoken_to_as_before(as_patient, appointment, doctor):
    words = moved(as_patient, appointment, SlotFactory(doctor=doctor, starts_at=in_days(4)))

    assert words.startswith("The appointment is moved to ")
    assert "is told" not in words


def test_B12_who_cannot_be_told_is_to_be_phoned(as_assistant, doctor, settings):
    settings.SMS_URL = ""
    reachable = PatientFactory(name="Rosa Alba", user=None, phone="+34600111222")
    silent = PatientFactory(name="Tom Still", user=None, phone="")
    said = []
    for hour, patient in ((9, reachable), (12, silent)):
        appointment = AppointmentFactory(
            patient=patient, doctor=doctor, starts_at=in_days(3, hour=hour)
        )
        slot = SlotFactory(doctor=doctor, starts_at=in_days(4, hour=hour))
        said.append(moved(as_assistant, appointment, slot))

    assert said[0].endswith("No message reaches the patient: please phone +34 600 11 12 22.")
    assert said[1].endswith("No message reaches the patient, and no phone number is known.")


def test_B12_the_desk_finds_times_of_other_doctors(as_assistant, appointment, doctor, colleague):
    slot = SlotFactory(doctor=colleague, starts_at=in_days(4))
    page = as_assistant.get(move_url(appointment), follow=True).content.decode()
    url = f"{reverse('slots')}?move={appointment.pk}&amp;specialty={doctor.specialty_id}"

    times = as_assistant.get(url.replace("&amp;", "&")).content.decode()

    assert f'href="{url}"' in page
    assert f'href="{move_url(appointment)}?slot={slot.pk}"' in times
    assert f'name="move" value="{appointment.pk}"' in times
    assert ">Move here</a>" in times
    assert f"{colleague.get_absolute_url()}?move={appointment.pk}" in times
    assert reverse("slot-book", args=[slot.pk]) not in times


@pytest.mark.parametrize("who", ["as_patient", "as_doctor"])
def test_B12_others_are_not_led_there(request, who, appointment, colleague):
    client = request.getfixturevalue(who)
    slot = SlotFactory(doctor=colleague, starts_at=in_days(4))

    page = client.get(move_url(appointment), follow=True).content.decode()

    assert "Times of other doctors" not in page
    if who == "as_patient":
        times = client.get(f"{reverse('slots')}?move={appointment.pk}").content.decode()
        assert reverse("slot-book", args=[slot.pk]) in times


def test_B12_moving_to_a_doctor_of_the_specialty_says_so(
    as_assistant, appointment, doctor, colleague
):
    own = SlotFactory(doctor=doctor, starts_at=in_days(4))
    slot = SlotFactory(doctor=colleague, starts_at=in_days(4))

    same = as_assistant.get(f"{move_url(appointment)}?slot={own.pk}").content.decode()
    other = as_assistant.get(f"{move_url(appointment)}?slot={slot.pk}").content.decode()
    words = moved(as_assistant, appointment, slot)

    assert "instead of" not in same
    assert f"<bdi>Dr Ana Soto</bdi> instead of <bdi>{doctor.name}</bdi>." in other
    assert "€70 (€60)" in other
    assert "make sure that this doctor can help" not in other
    assert "with Dr Ana Soto." in words
    appointment.refresh_from_db()
    assert (appointment.doctor, appointment.fee_cents) == (colleague, 7000)


def test_B12_another_specialty_is_warned_of(as_assistant, appointment, doctor):
    heart = DoctorFactory(
        name="Dr Heart", office=doctor.office, specialty=SpecialtyFactory(name="Cardiology")
    )
    slot = SlotFactory(doctor=heart, starts_at=in_days(4))

    page = as_assistant.get(f"{move_url(appointment)}?slot={slot.pk}").content.decode()

    assert f"<bdi>Dr Heart</bdi> instead of <bdi>{doctor.name}</bdi>." in page
    warning = f"Another specialty than {doctor.specialty.name}"
    assert f"Cardiology: {warning}" in " ".join(page.split())


def booked(client, slot, **fields) -> str:
    url = reverse("slot-book", args=[slot.pk])
    data = {"token": uuid4(), "reason": "", **fields}
    return client.post(url, data, follow=True).content.decode()


def test_B11_the_confirmation_speaks_to_the_desk(as_assistant, patient, doctor, settings):
    settings.SMS_URL = "folder:"
    slot = SlotFactory(doctor=doctor, starts_at=in_days(4))

    page = booked(as_assistant, slot, patient=patient.pk)

    assert "Appointment confirmed" in page
    assert "<bdi>Ana Ruiz</bdi> has the time. The patient is told by email and by SMS." in page
    assert "The patient can cancel online until" in page
    for words in ("Your reference", "The time is yours", "Please come"):
        assert words not in page
    assert f'href="{reverse("desk")}">Go to the day sheet' in page


def test_B11_the_confirmation_speaks_to_the_patient(as_patient, doctor):
    page = booked(as_patient, SlotFactory(doctor=doctor, starts_at=in_days(4)))

    for words in ("Your reference", "The time is yours", "Please come ten minutes early"):
        assert words in page
    assert "is told" not in page


def test_B08_the_fee_is_on_the_confirmation_and_stays(as_patient, doctor):
    slot = SlotFactory(doctor=doctor, starts_at=in_days(4))

    check = as_patient.get(reverse("slot-book", args=[slot.pk])).content.decode()
    page = booked(as_patient, slot)
    doctor.fee_cents = 9900
    doctor.save()
    own = slot.appointments.get()
    later = as_patient.get(own.get_absolute_url()).content.decode()

    for text in (check, page, later):
        assert "<dt>Fee</dt><dd>€60</dd>" in text


def test_B06_who_is_handed_over_pays_what_was_agreed(as_admin, appointment, colleague):
    url = reverse("appointment-transfer", args=[appointment.pk])

    as_admin.post(url, {"to": colleague.pk})

    page = as_admin.get(appointment.get_absolute_url()).content.decode()
    assert colleague.name in page
    assert "<dt>Fee</dt><dd>€60</dd>" in page
