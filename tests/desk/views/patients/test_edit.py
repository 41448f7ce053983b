"""/patients/<id>/edit/, /deceased/, /link/ and /unlink/: the desk corrects a patient (A16, A09)."""

import json

import pytest
from django.urls import reverse

from portal.models import Appointment, Patient
from tests.factories import AppointmentFactory, PatientFactory, in_days


@pytest.fixture
def patient(db):
    return PatientFactory(user=None, name="Ana Gracia", phone="+34600111222", date_of_birth=None)


def url(name, patient) -> str:
    return reverse(name, args=[patient.pk])


def form_of(client, patient, **typed) -> dict:
    """What the page would send, with these changes."""
    form = client.get(url("patient-edit", patient)).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    sent = {name: "" if value is None else value for name, value in sent.items()}
    sent.pop("is_not_written_to")
    return sent | typed


def test_A16_the_desk_corrects_a_patient(as_assistant, patient):
    typed = {
        "name": "Ana García",
        "birth_year_about": "1961",
        "label_0": "work",
        "number_0": "655 44 43 33",
        "desk_note": "Hard of hearing",
        "language": "pt",
    }
    response = as_assistant.post(
        url("patient-edit", patient), form_of(as_assistant, patient, **typed), follow=True
    )

    page = response.content.decode()
    assert response.redirect_chain == [(patient.get_absolute_url(), 302)]
    for shown in ("Ana García", "Born about 1961", "work", "Hard of hearing", 'lang="pt"'):
        assert shown in page


def test_A16_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(as_assistant, patient):
    typed = {"name": "", "number_0": "12", "label_1": "son", "address": "Calle Mayor 1"}
    response = as_assistant.post(
        url("patient-edit", patient), form_of(as_assistant, patient, **typed)
    )

    form = response.context["form"]
    assert response.status_code == 422
    assert set(form.errors) == {"name", "number_0", "number_1"}
    assert form["address"].value() == "Calle Mayor 1"


def test_A16_the_second_who_saves_is_told_and_can_save_then(as_assistant, as_admin, patient):
    first = form_of(as_admin, patient, name="Ana García")
    second = form_of(as_assistant, patient, address="Calle Mayor 1")
    as_admin.post(url("patient-edit", patient), first)

    told = as_assistant.post(url("patient-edit", patient), second)
    page = told.content.decode()
    again = second | {"seen": told.context["form"]["seen"].value(), "name": "Ana García"}
    saved = as_assistant.post(url("patient-edit", patient), again)

    patient.refresh_from_db()
    assert (told.status_code, saved.status_code) == (409, 302)
    assert "Somebody has changed this patient" in page
    assert "Ana García" in page
    assert told.context["form"]["address"].value() == "Calle Mayor 1"
    assert (patient.name, patient.address) == ("Ana García", "Calle Mayor 1")


@pytest.mark.parametrize("seen", ["", "{", "[]", json.dumps({"name": "x"}), "[" * 5000])
def test_A16_a_broken_form_is_asked_again(as_assistant, patient, seen):
    sent = form_of(as_assistant, patient, name="Ana García", seen=seen)

    response = as_assistant.post(url("patient-edit", patient), sent)

    assert response.status_code == 409
    assert Patient.objects.get().name == "Ana Gracia"


def test_A16_the_edit_page_costs_few_queries(as_assistant, patient, django_assert_max_num_queries):
    for number in range(5):
        patient.further_phones.create(number=f"+3465544433{number}")

    with django_assert_max_num_queries(9):
        as_assistant.get(url("patient-edit", patient))


@pytest.mark.django_db
def test_A16_the_note_is_never_shown_to_the_patient(client):
    patient = PatientFactory(desk_note="Owes a deposit")
    appointment = AppointmentFactory(patient=patient)
    client.force_login(patient.user)

    for page in (patient, appointment):
        assert "Owes" not in client.get(page.get_absolute_url()).content.decode()


def test_A16_the_note_is_a_hint_on_the_appointment(as_assistant, as_admin, patient):
    patient.desk_note = "Hard of hearing"
    patient.save()
    appointment = AppointmentFactory(patient=patient)

    assert "Hard of hearing" in as_admin.get(appointment.get_absolute_url()).content.decode()


@pytest.mark.parametrize("name", ["patient-edit", "patient-deceased", "patient-link"])
def test_A16_doctors_see_a_patient_but_do_not_edit(as_doctor, patient, name):
    assert as_doctor.get(url(name, patient)).status_code == 403
    assert as_doctor.post(url(name, patient)).status_code == 403


def test_A16_a_death_is_recorded_and_what_is_coming_cancelled_in_one_step(as_admin, patient):
    AppointmentFactory(patient=patient)
    AppointmentFactory(patient=patient, starts_at=in_days(9))
    page = url("patient-deceased", patient)

    recorded = as_admin.post(page, {"deceased_on": "2026-03-01"}, follow=True)
    listed = len(recorded.context["coming"])
    as_admin.post(url("patient-deceased-cancel", patient))

    patient.refresh_from_db()
    assert (str(patient.deceased_on), listed) == ("2026-03-01", 2)
    assert "Cancel all of these" in recorded.content.decode()
    assert not Appointment.objects.exclude(state="cancelled").exists()
    assert "Deceased on 1 March 2026" in as_admin.get(patient.get_absolute_url()).content.decode()


@pytest.mark.parametrize("typed", ["", "2999-01-01", "0001-01-01", "9999-12-31", "soon", "\0"])
def test_A16_a_date_that_cannot_be_is_refused(as_admin, patient, typed):
    response = as_admin.post(url("patient-deceased", patient), {"deceased_on": typed})

    patient.refresh_from_db()
    assert response.status_code == 422
    assert patient.deceased_on is None


def test_A16_the_date_is_removed_again(as_admin, patient):
    as_admin.post(url("patient-deceased", patient), {"deceased_on": "2026-03-01"})

    as_admin.post(url("patient-deceased-undo", patient))

    patient.refresh_from_db()
    assert patient.deceased_on is None


def test_A09_the_desk_compares_both_sides_and_joins_them(as_assistant, patient):
    user = PatientFactory(name="Ana Garcia", phone="+34655444333").user
    page = url("patient-link", patient)

    compared = as_assistant.post(page, {"email": user.email})
    shown = compared.content.decode()
    as_assistant.post(page, {"email": user.email, "confirmed": "1"})

    patient.refresh_from_db()
    assert patient.user == user
    for identifier in ("Ana Gracia", "Ana Garcia", "600 11 12 22", "655 44 43 33", "17 May 1980"):
        assert identifier in shown


def test_A09_an_unknown_address_is_refused_beside_the_field(as_assistant, patient):
    response = as_assistant.post(url("patient-link", patient), {"email": "nobody@example.org"})

    assert response.status_code == 422
    assert "exactly this address" in response.context["form"].errors["email"][0]


def test_A09_the_desk_takes_the_account_away_with_a_reason(as_assistant):
    patient = PatientFactory()
    page = url("patient-unlink", patient)

    refused = as_assistant.post(page, {"reason": ""})
    as_assistant.post(page, {"reason": "A namesake"})

    patient.refresh_from_db()
    assert refused.status_code == 422
    assert patient.user is None


def test_A16_a_patient_is_entered_with_a_year_and_a_mail(as_assistant):
    typed = {"name": "Ana García", "phone": "600 11 12 22", "token": "0" * 32}
    more = {"birth_year_about": "1961", "email": "Ana@Example.org"}

    wrong = as_assistant.post(reverse("patient-new"), typed | {"birth_year_about": "1850"})
    as_assistant.post(reverse("patient-new"), typed | more)

    patient = Patient.objects.get()
    assert wrong.status_code == 422
    assert (patient.birth_year_about, patient.email) == (1961, "ana@example.org")
    assert "about 1961" in as_assistant.get(reverse("patients")).content.decode()
