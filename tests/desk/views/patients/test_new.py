"""/patients/new/: the desk enters somebody, on the way to a booking (A09)."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from portal.models import Patient
from tests.factories import AppointmentFactory, PatientFactory, SlotFactory, in_days

URL = reverse("patient-new")


def form(**fields) -> dict:
    typed = {"name": "Ana García", "phone": "600 11 12 22", "date_of_birth": "4/3/1980"}
    return {**typed, "token": uuid4(), **fields}


@pytest.mark.parametrize("who", ["as_assistant", "as_admin"])
def test_A09_the_desk_enters_a_patient_and_goes_to_their_page(request, who):
    client = request.getfixturevalue(who)

    response = client.post(URL, form())

    patient = Patient.objects.get()
    assert response["Location"] == patient.get_absolute_url()
    assert (patient.name, patient.phone.as_e164) == ("Ana García", "+34600111222")
    assert (patient.date_of_birth, patient.user) == (date(1980, 3, 4), None)


@pytest.mark.parametrize("who", ["as_doctor", "as_patient"])
def test_A09_others_are_refused(request, who):
    client = request.getfixturevalue(who)
    count = Patient.objects.count()

    assert client.get(URL).status_code == 403
    assert client.post(URL, form()).status_code == 403
    assert Patient.objects.count() == count


@pytest.mark.parametrize(
    ("typed", "name", "phone", "born"),
    [
        ("ana garcía", "Ana García", "", ""),
        ("Ana de la Cruz", "Ana de la Cruz", "", ""),
        ("600 11 12", "", "6001112", ""),
        ("+44 20 7946", "", "+44207946", ""),
        ("ana 600111222 4/3/80", "Ana", "600111222", "04/03/1980"),
        ("", "", "", ""),
    ],
)
def test_A09_what_was_typed_to_find_them_is_in_the_form(as_assistant, typed, name, phone, born):
    shown = as_assistant.get(URL, {"q": typed}).context["form"]

    assert (shown["name"].value(), shown["phone"].value()) == (name, phone)
    assert shown["date_of_birth"].value() == born


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "  ", "Enter the patient’s name."),
        ("name", "\u0301", "Enter the patient’s name."),
        ("phone", "12", "Enter a phone number such as"),
        ("phone", "", "Enter a phone number."),
        ("date_of_birth", "soon", "Enter a date such as 4/3/1980"),
        ("date_of_birth", "31/2/1980", "Enter a date such as 4/3/1980"),
        ("date_of_birth", "1/1/2999", "cannot be in the future"),
        ("date_of_birth", "1/1/1899", "after 1900"),
        ("token", "x", "Enter a valid UUID."),
    ],
)
def test_A09_a_slip_is_said_beside_its_field_and_all_is_kept(as_assistant, field, value, sentence):
    response = as_assistant.post(URL, form(**{field: value}))

    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    kept = {"name": "Ana García", "phone": "600 11 12 22", "date_of_birth": "4/3/1980"}
    for text in {**kept, field: value if field in kept else "Ana García"}.values():
        assert text.strip() in page
    assert not Patient.objects.exists()


@pytest.mark.parametrize("text", ["\x00", "x" * 5000, '"><script>', "%s"])
def test_A09_odd_texts_are_no_error(as_assistant, text):
    assert as_assistant.get(URL, {"q": text}).status_code == 200
    response = as_assistant.post(URL, form(name=text, phone=text, date_of_birth=text))
    assert response.status_code == 422
    assert '"><script>' not in response.content.decode()


def test_A09_those_who_may_be_the_same_are_shown_first(as_assistant, doctor):
    known = PatientFactory(name="Ana Garcia", phone="+34600999888", date_of_birth=date(1980, 3, 4))
    AppointmentFactory(patient=known, doctor=doctor, starts_at=in_days(-3), state="completed")
    mother = PatientFactory(name="Eva Sol", phone="+34600111222", date_of_birth=None)

    response = as_assistant.post(URL, form())

    page = response.content.decode()
    visit = f"{in_days(-3).day} {in_days(-3):%b %Y}"
    assert response.status_code == 200
    for text in (
        "Is it one of these?",
        "4 Mar 1980",
        f"last visit {visit}",
        "date of birth not known",
    ):
        assert text in page
    assert [one["pk"] for one in response.context["likely"]] == [known.pk, mother.pk]
    assert f'href="{known.get_absolute_url()}"' in page
    assert 'value="Ana García"' in page
    assert Patient.objects.count() == 2


def test_A09_none_of_them_makes_a_new_patient(as_assistant):
    family = PatientFactory.create_batch(2, phone="+34600111222")

    shown = as_assistant.post(URL, form(), follow=True)
    response = as_assistant.post(URL, form(**{"not": [one.pk for one in family]}))

    assert shown.status_code == 200
    assert response.status_code == 302
    assert Patient.objects.filter(phone="+34600111222").count() == 3


def test_A09_the_same_form_twice_makes_one(as_assistant):
    data = form()

    first, second = (as_assistant.post(URL, data) for _again in range(2))

    assert first["Location"] == second["Location"]
    assert Patient.objects.count() == 1


def test_A09_a_used_form_with_another_name_is_kept_with_a_new_token(as_assistant):
    data = form()
    as_assistant.post(URL, data)
    data |= {"name": "Pedro Soto", "phone": "655 00 01 11"}

    refused = as_assistant.post(URL, data)
    token = refused.context["form"]["token"].value()
    again = as_assistant.post(URL, {**data, "token": token})

    assert refused.status_code == 409
    assert "Ana García" in refused.content.decode()
    assert 'value="Pedro Soto"' in refused.content.decode()
    assert again.status_code == 302
    assert Patient.objects.count() == 2


def test_A09_the_chosen_slot_is_kept_all_the_way(as_assistant, doctor):
    slot = SlotFactory(doctor=doctor)
    known = PatientFactory(phone="+34600111222")
    choose = as_assistant.get(reverse("slot-book", args=[slot.pk]), {"q": "ana garcía"})
    url = choose.context["new_url"]
    assert url.startswith(f"{URL}?slot={slot.pk}&q=ana")

    shown = as_assistant.get(url)
    asked = as_assistant.post(url, form())
    made = as_assistant.post(url, form(**{"not": known.pk}))

    booking = reverse("slot-book", args=[slot.pk])
    assert doctor.name in shown.content.decode()
    assert asked.context["likely"][0]["url"] == f"{booking}?patient={known.pk}"
    assert made["Location"] == f"{booking}?patient={Patient.objects.latest('pk').pk}"
    assert as_assistant.get(made["Location"]).status_code == 200


def test_A09_numbers_are_read_as_those_of_the_slots_country(as_assistant, doctor):
    doctor.office.country = "GB"
    doctor.office.save()
    slot = SlotFactory(doctor=doctor)

    as_assistant.post(f"{URL}?slot={slot.pk}", form(phone="020 7946 0958"))

    assert Patient.objects.get().phone.as_e164 == "+442079460958"


def test_A09_a_walk_in_goes_on_to_the_doctors(as_assistant):
    response = as_assistant.post(f"{URL}?walk_in=1", form())

    assert response["Location"] == f"{reverse('walk-in')}?patient={Patient.objects.get().pk}"


def test_A09_a_slot_that_never_was_is_not_found(as_assistant):
    assert as_assistant.get(URL, {"slot": "999999"}).status_code == 404
    assert as_assistant.get(URL, {"slot": "nonsense"}).status_code == 200


def test_A09_the_list_leads_there_for_the_desk_only(as_assistant, as_doctor):
    patients = reverse("patients")

    assert f'href="{URL}?q=qqq"' in as_assistant.get(patients, {"q": "qqq"}).content.decode()
    assert URL not in as_doctor.get(patients, {"q": "qqq"}).content.decode()
    assert as_doctor.get(reverse("search"), {"q": "qqq"}).context["new_url"] == ""
    assert as_assistant.get(reverse("search"), {"q": "qqq"}).context["new_url"] == f"{URL}?q=qqq"


def test_A09_queries_do_not_grow_with_those_who_are_alike(
    as_assistant, django_assert_max_num_queries
):
    for count in (1, 6):
        PatientFactory.create_batch(count, phone="+34600111222")
        with django_assert_max_num_queries(7):
            as_assistant.post(URL, form())
