"""/slots/<id>/book/: check your answers, confirm, done."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from portal.enums import AppointmentState, DoctorState, SlotState, UserState
from portal.models import Appointment, ClinicSettings, Slot, Wait
from tests.factories import (
    AppointmentFactory,
    DoctorFactory,
    OfferFactory,
    PatientFactory,
    SlotFactory,
    WaitFactory,
    in_days,
)


def url_of(slot) -> str:
    return reverse("slot-book", args=[slot.pk])


def form(**values) -> dict:
    return {"token": str(uuid.uuid4()), "reason": "", **values}


@pytest.mark.django_db
def test_a_visitor_is_sent_to_sign_in_and_keeps_the_slot(client):
    slot = SlotFactory()

    response = client.get(url_of(slot))

    assert response.status_code == 302
    assert response["Location"] == f"{reverse('account_login')}?next={url_of(slot)}"


@pytest.mark.django_db
def test_B08_a_patient_checks_and_confirms(as_patient, patient):
    slot = SlotFactory()

    page = as_patient.get(url_of(slot))
    response = as_patient.post(
        url_of(slot), form(token=page.context["form"]["token"].value(), reason="Knee pain")
    )

    appointment = Appointment.objects.get()
    assert response["Location"] == reverse("appointment-booked", args=[appointment.pk])
    assert (appointment.patient, appointment.slot) == (patient, slot)
    assert appointment.state == AppointmentState.CONFIRMED
    assert appointment.reason == "Knee pain"
    assert appointment.reference in as_patient.get(response["Location"]).content.decode()


@pytest.mark.django_db
def test_opening_the_page_books_nothing(as_patient):
    slot = SlotFactory()

    as_patient.get(url_of(slot))

    slot.refresh_from_db()
    assert slot.state == SlotState.OPEN


@pytest.mark.django_db
def test_a_patient_cannot_book_for_another(as_patient):
    stranger, slot = PatientFactory(), SlotFactory()

    answer = as_patient.post(url_of(slot), form(patient=stranger.pk))

    assert answer.status_code == 404
    assert not Appointment.objects.exists()


@pytest.mark.django_db
def test_the_cancellation_rule_is_shown_as_a_date(as_patient):
    slot = SlotFactory(starts_at=in_days(3, hour=10))

    page = as_patient.get(url_of(slot))

    assert page.context["cancel_until"] == slot.starts_at - timedelta(hours=4)
    assert "You can cancel online until" in page.content.decode()


@pytest.mark.django_db
def test_B09_a_lost_race_offers_other_times_and_keeps_what_was_typed(as_patient):
    taken = SlotFactory(state=SlotState.TAKEN)
    others = [
        SlotFactory(doctor=taken.doctor, starts_at=taken.starts_at + timedelta(minutes=30 * n))
        for n in (1, 2, 3, 4)
    ]

    response = as_patient.post(url_of(taken), form(reason="Knee pain"))

    page = response.content.decode()
    assert response.status_code == 409
    assert "That time has just been taken." in page
    assert page.count("data-other-time") == 3
    assert f'formaction="{url_of(others[0])}"' in page
    assert "Knee pain" in page


@pytest.mark.django_db
def test_another_time_is_checked_before_it_is_booked(as_patient):
    other = SlotFactory()

    response = as_patient.post(url_of(other), form(reason="Knee pain", review="1"))

    assert response.status_code == 200
    assert "Knee pain" in response.content.decode()
    assert not Appointment.objects.exists()


@pytest.mark.django_db
def test_a_withdrawn_time_is_gone(as_patient):
    withdrawn = SlotFactory(state=SlotState.WITHDRAWN)

    assert as_patient.get(url_of(withdrawn)).status_code == 409
    assert as_patient.post(url_of(withdrawn), form()).status_code == 409


def _hidden_slots() -> dict[str, Slot]:
    """What the list of free times never shows to a patient."""
    waiting = DoctorFactory(name="Dr Canary", state=DoctorState.PENDING)
    listed = DoctorFactory(name="Dr Canary")
    blocked = DoctorFactory(name="Dr Canary")
    blocked.user.state = UserState.BLOCKED
    blocked.user.save()
    return {
        "of a doctor who waits for approval": SlotFactory(doctor=waiting),
        "of a doctor who is blocked": SlotFactory(doctor=blocked),
        "for the desk only": SlotFactory(doctor=listed, released_at=None),
        "released later": SlotFactory(doctor=listed, starts_at=in_days(3), released_at=in_days(2)),
        "beyond the horizon": SlotFactory(doctor=listed, starts_at=in_days(900)),
        "past": SlotFactory(doctor=listed, starts_at=in_days(-1)),
        "taken, for the desk only": AppointmentFactory(
            slot=SlotFactory(
                doctor=listed, starts_at=in_days(4), released_at=None, state=SlotState.TAKEN
            )
        ).slot,
    }


@pytest.mark.django_db
def test_a_patient_sees_no_time_that_the_list_does_not_show(as_patient, patient):
    own = AppointmentFactory(patient=patient, starts_at=in_days(6))
    move = reverse("appointment-reschedule", args=[own.pk])
    missing = as_patient.get(reverse("slot-book", args=[999999]))

    for why, slot in _hidden_slots().items():
        answers = [
            as_patient.get(url_of(slot)),
            as_patient.post(url_of(slot), form()),
            as_patient.get(reverse("wait-new"), {"slot": slot.pk}),
            as_patient.post(reverse("wait-new"), {"slot": slot.pk}),
            as_patient.get(reverse("wait-new"), {"slot": slot.pk, "appointment": own.pk}),
            as_patient.get(move, {"slot": slot.pk}),
            as_patient.post(move, {"slot": slot.pk}),
        ]
        for answer in answers:
            assert answer.status_code == missing.status_code == 404, why
            assert "Canary" not in answer.content.decode(), why
    assert Appointment.objects.filter(patient=patient).count() == 1
    assert not Wait.objects.exists()


@pytest.mark.django_db
def test_a_link_to_a_time_that_is_gone_says_what_to_do_next(as_patient):
    page = as_patient.get(reverse("slot-book", args=[999999])).content.decode()

    assert "This time cannot be booked" in page
    for name in ("slots", "wait-new", "appointments"):
        assert f'href="{reverse(name)}"' in page


@pytest.mark.django_db
def test_a_patient_sees_a_hidden_time_that_is_theirs(as_patient, patient):
    slots = _hidden_slots()
    booked = AppointmentFactory(
        patient=patient, slot=slots["for the desk only"], starts_at=in_days(1)
    )
    offered = slots["beyond the horizon"]
    offered.state = SlotState.OFFERED
    offered.save()
    offer = OfferFactory(slot=offered, wait=WaitFactory(patient=patient, doctor=offered.doctor))
    booked.slot.state = SlotState.TAKEN
    booked.slot.save()

    assert as_patient.get(url_of(booked.slot)).url == booked.get_absolute_url()
    assert as_patient.get(url_of(offered)).url == offer.get_absolute_url()


@pytest.mark.django_db
def test_B09_an_overlapping_appointment_is_refused_with_the_reason(as_patient, patient):
    busy = AppointmentFactory(patient=patient)
    slot = SlotFactory(starts_at=busy.starts_at)

    response = as_patient.post(url_of(slot), form())

    assert response.status_code == 409
    assert "You already have an appointment at that time." in response.content.decode()


@pytest.mark.django_db
def test_the_same_form_sent_twice_gives_the_same_appointment(as_patient):
    slot, data = SlotFactory(), form()

    first, second = (as_patient.post(url_of(slot), data) for _again in range(2))

    assert first["Location"] == second["Location"]
    assert Appointment.objects.count() == 1


@pytest.mark.django_db
def test_going_back_to_the_form_after_booking_shows_the_appointment(as_patient, patient):
    booked = AppointmentFactory(patient=patient)

    response = as_patient.get(url_of(booked.slot))

    assert response["Location"] == booked.get_absolute_url()


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["", "nonsense"])
def test_a_form_without_its_token_is_refused_and_kept(as_patient, token):
    slot = SlotFactory()

    response = as_patient.post(url_of(slot), form(token=token, reason="Knee pain"))

    assert response.status_code == 422
    assert "Knee pain" in response.content.decode()
    assert not Appointment.objects.exists()


@pytest.mark.django_db
def test_a_reason_that_is_too_long_is_said_beside_its_field(as_patient):
    slot = SlotFactory()

    response = as_patient.post(url_of(slot), form(reason="x" * 301))

    assert response.status_code == 422
    assert "at most 300 characters" in response.content.decode()


@pytest.mark.django_db
def test_B11_the_desk_finds_the_patient_by_name_or_phone_and_books(as_assistant, doctor):
    slot = SlotFactory(doctor=doctor)
    ana = PatientFactory(name="Ana García", phone="+34600123456", user=None)
    PatientFactory(name="Somebody Else", phone="+34600999999")

    by_name = as_assistant.get(url_of(slot), {"q": "garc ana"})
    by_phone = as_assistant.get(url_of(slot), {"q": "600 12"})
    check = as_assistant.get(url_of(slot), {"patient": ana.pk})
    response = as_assistant.post(url_of(slot), form(patient=ana.pk))

    assert by_name.context["page"].rows == by_phone.context["page"].rows == [ana]
    assert "Ana García" in check.content.decode()
    appointment = Appointment.objects.get()
    assert response["Location"] == reverse("appointment-booked", args=[appointment.pk])
    assert (appointment.patient, appointment.booked_by) == (ana, as_assistant.user)


@pytest.mark.django_db
def test_B11_staff_book_only_in_the_diaries_they_run(as_assistant, as_doctor):
    elsewhere = SlotFactory()
    patient = PatientFactory()
    AppointmentFactory(patient=patient, doctor=as_doctor.user.doctor, starts_at=in_days(-3))

    for client in (as_assistant, as_doctor):
        assert client.get(url_of(elsewhere)).status_code == 404
        assert client.post(url_of(elsewhere), form(patient=patient.pk)).status_code == 404
    assert Appointment.objects.filter(slot=elsewhere).count() == 0


@pytest.mark.django_db
def test_B11_a_doctor_books_only_for_their_own_patients(as_doctor, doctor):
    slot = SlotFactory(doctor=doctor)
    known, stranger = PatientFactory(), PatientFactory()
    AppointmentFactory(patient=known, doctor=doctor, starts_at=in_days(-3))

    refused = as_doctor.post(url_of(slot), form(patient=stranger.pk))
    booked = as_doctor.post(url_of(slot), form(patient=known.pk))

    assert refused.status_code == 404
    assert booked.status_code == 302


@pytest.mark.django_db
def test_staff_must_say_for_whom(as_assistant, doctor):
    slot = SlotFactory(doctor=doctor)

    assert as_assistant.post(url_of(slot), form()).status_code == 403


@pytest.mark.django_db
def test_a_slot_that_never_was_is_not_found(as_patient):
    assert as_patient.get("/slots/999999/book/").status_code == 404
    assert as_patient.post("/slots/999999/book/", form()).status_code == 404


@pytest.mark.django_db
def test_only_its_people_see_the_confirmation(as_patient):
    foreign = AppointmentFactory()

    response = as_patient.get(reverse("appointment-booked", args=[foreign.pk]))

    assert response.status_code == 404


@pytest.mark.django_db
def test_booking_costs_at_most_eighteen_queries(as_patient, django_assert_max_num_queries):
    """Two are the savepoint of a test; one asks for an erasure, one for who is told, too."""
    slot = SlotFactory()

    with django_assert_max_num_queries(18):
        as_patient.post(url_of(slot), form())


@pytest.mark.django_db
def test_fragment_of_found_patients_equals_the_part_of_the_page(as_assistant, doctor):
    slot = SlotFactory(doctor=doctor)
    PatientFactory(name="Ana García")

    page = as_assistant.get(url_of(slot), {"q": "ana"}).content.decode()
    fragment = as_assistant.get(url_of(slot), {"q": "ana"}, headers={"HX-Request": "true"})

    assert fragment.content.decode().strip() in page


@pytest.mark.django_db
def test_booking_refuses_other_methods(as_patient):
    assert as_patient.put(url_of(SlotFactory())).status_code == 405


@pytest.mark.parametrize("who", ["as_patient", "as_assistant"])
def test_B09_an_appointment_of_ones_own_at_that_time_is_said_before_confirming(
    request, who, patient, doctor
):
    client = request.getfixturevalue(who)
    own = AppointmentFactory(patient=patient, doctor=doctor, starts_at=in_days(2, minute=15))
    slot = SlotFactory(starts_at=in_days(2), doctor=DoctorFactory(office=doctor.office))
    SlotFactory(starts_at=in_days(2, hour=12), doctor=slot.doctor)

    response = client.get(url_of(slot) + f"?patient={patient.pk}")

    page = response.content.decode()
    assert response.status_code == 200
    assert "already" in page
    assert f'href="{own.get_absolute_url()}"' in page
    assert "Confirm appointment" not in page
    assert "Still free nearby" in page


def test_B09_an_appointment_that_one_may_not_see_is_not_named(as_doctor, doctor, patient):
    """A doctor's own patient, who is with a colleague then."""
    AppointmentFactory(doctor=doctor, patient=patient, starts_at=in_days(1))
    other = AppointmentFactory(patient=patient, starts_at=in_days(2))
    slot = SlotFactory(doctor=doctor, starts_at=in_days(2))

    page = as_doctor.get(url_of(slot) + f"?patient={patient.pk}").content.decode()

    assert "already has an appointment at that time" in page
    assert other.reference not in page
    assert other.doctor.name not in page


def test_B09_when_no_more_can_be_held_it_is_said_before_confirming(as_patient, patient, settings):
    ClinicSettings.objects.update_or_create(pk=1, defaults={"max_upcoming_per_patient": 1})
    AppointmentFactory(patient=patient, starts_at=in_days(3))

    page = as_patient.get(url_of(SlotFactory())).content.decode()

    assert "1 upcoming appointments" in page
    assert "Confirm appointment" not in page
