"""/search/: appointments by the doctor's or the patient's name."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from tests.factories import AppointmentFactory, DoctorFactory, PatientFactory, in_days
from tests.fragments import same_part

URL = reverse("search")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def appointment(patient, doctor):
    return AppointmentFactory(patient=patient, doctor=doctor, starts_at=in_days(3))


def ids(response) -> list[int]:
    return [line.make().pk for line in response.context["lines"]]


@pytest.mark.parametrize("who", ["as_doctor", "as_assistant", "as_admin"])
@pytest.mark.parametrize(
    "query",
    [{"q": "NUNEZ"}, {"q": "elena"}, {"patient": "jos"}, {"doctor": "ruiz", "patient": "nu"}],
)
def test_B16_search_ignores_case_and_accents(request, who, query, appointment):
    AppointmentFactory(
        doctor=DoctorFactory(name="Dr Zoe", office=appointment.office),
        patient=PatientFactory(name="Zoe"),
    )
    client = request.getfixturevalue(who)

    response = client.get(URL, query)

    assert ids(response) == [appointment.pk]
    assert appointment.reference in response.content.decode()


def test_B16_both_given_both_must_match(as_admin, appointment):
    assert ids(as_admin.get(URL, {"doctor": "ruiz", "patient": "zoe"})) == []


@pytest.mark.parametrize("who", ["as_patient", "as_doctor", "as_assistant"])
def test_B16_only_what_the_searcher_may_see(request, who):
    client = request.getfixturevalue(who)
    AppointmentFactory(
        doctor=DoctorFactory(name="Dr Far Away"), patient=PatientFactory(name="Far Stranger")
    )

    response = client.get(URL, {"q": "far"})

    assert ids(response) == []


def test_B16_a_patient_searches_own_by_doctor_and_finds_no_patients(as_patient, appointment):
    response = as_patient.get(URL, {"doctor": "ruiz"})

    assert ids(response) == [appointment.pk]
    assert response.context["patients"] == []
    assert b'name="patient"' not in response.content


def test_B11_patients_are_shown_beside_with_book_and_open(as_assistant):
    patient = PatientFactory(name="Walk In", user=None, phone="+34600111222")

    page = as_assistant.get(URL, {"q": "walk"}).content.decode()

    assert patient.get_absolute_url() in page
    assert f"{reverse('slots')}?patient={patient.pk}" in page
    assert "17 May 1980" in page
    assert "+34 600 11 12 22" in page


def test_many_patients_lead_to_the_whole_list(as_assistant):
    for number in range(9):
        PatientFactory(name=f"Same Name {number}", user=None)

    response = as_assistant.get(URL, {"q": "same name"})

    assert len(response.context["patients"]) == 8
    assert f"{reverse('patients')}?q=same%20name" in response.content.decode()


def test_nothing_asked_for_shows_the_form_only(as_assistant, appointment):
    response = as_assistant.get(URL)

    assert ids(response) == []
    assert "Parts of names are enough" in response.content.decode()


def test_nothing_found_says_so(as_assistant):
    assert "No appointments match" in as_assistant.get(URL, {"q": "qqq"}).content.decode()


def test_the_count_is_announced(as_assistant, appointment):
    page = as_assistant.get(URL, {"q": "nunez"}).content.decode()

    assert '<p id="search-count" role="status" class="muted">1 appointment</p>' in page


def test_what_was_typed_stays_and_is_escaped(as_assistant):
    page = as_assistant.get(URL, {"q": '"><script>', "doctor": "ruiz"}).content.decode()

    assert 'value="&quot;&gt;&lt;script&gt;"' in page
    assert 'value="ruiz"' in page
    assert '"><script>' not in page


@pytest.mark.parametrize("text", ["\x00", "x" * 5000, "%", "' OR 1=1 --"])
def test_odd_texts_are_no_error(as_assistant, text):
    query = {"q": text, "doctor": text, "patient": text}

    assert as_assistant.get(URL, query).status_code == 200


def test_the_fragment_equals_the_part_of_the_page(as_assistant, appointment):
    page = as_assistant.get(URL, {"q": "nunez"})
    fragment = as_assistant.get(URL, {"q": "nunez"}, headers=HTMX)

    assert same_part(page.content, fragment.content)
    assert "HX-Request" in fragment["Vary"]


def test_pages_keep_the_question_and_queries_do_not_grow(
    as_assistant, doctor, patient, django_assert_max_num_queries
):
    for number in range(51):
        AppointmentFactory(
            doctor=doctor, patient=patient, starts_at=in_days(2) + timedelta(minutes=30 * number)
        )

    with django_assert_max_num_queries(8):
        response = as_assistant.get(URL, {"doctor": "ruiz", "patient": "nunez"})
    second = as_assistant.get(URL, {"doctor": "ruiz", "patient": "nunez", "page": 2})

    assert len(ids(response)) == 50
    assert "?doctor=ruiz&amp;patient=nunez&amp;page=2" in response.content.decode()
    assert len(ids(second)) == 1


def test_only_reading(as_assistant):
    assert as_assistant.post(URL).status_code == 405


def test_visitors_are_sent_to_sign_in(client, db):
    assert client.get(URL).status_code == 302


@pytest.mark.parametrize("text", ["K7M-4QX", "k7m4qx", " k7m-4qx "])
def test_B16_a_reference_jumps_to_its_appointment(as_assistant, appointment, text):
    appointment.reference = "K7M-4QX"
    appointment.save()

    response = as_assistant.get(URL, {"q": text})
    typing = as_assistant.get(URL, {"q": text}, headers=HTMX)

    assert response["Location"] == appointment.get_absolute_url()
    assert typing.status_code == 200
    assert ids(typing) == [appointment.pk]


def test_B16_a_reference_out_of_scope_jumps_nowhere(as_doctor):
    foreign = AppointmentFactory(reference="K7M-4QX")

    response = as_doctor.get(URL, {"q": foreign.reference})

    assert response.status_code == 200
    assert ids(response) == []


def test_B16_a_name_that_could_be_a_reference_is_a_name(as_assistant, appointment):
    appointment.reference = "CAR-MEN"
    appointment.save()
    assert as_assistant.get(URL, {"q": "carmen"})["Location"] == appointment.get_absolute_url()

    named = PatientFactory(name="Carmen Sol", user=None)
    response = as_assistant.get(URL, {"q": "carmen"})
    assert [line.name for line in response.context["patients"]] == [named.name]
    assert as_assistant.get(URL, {"q": "car-men"})["Location"] == appointment.get_absolute_url()


@pytest.mark.parametrize("text", ["4/3/1980", "1980-03-04", "04.03.1980"])
def test_B16_a_date_of_birth_finds_a_patient_without_appointments(as_assistant, text):
    born = PatientFactory(name="Zoe Sol", user=None, date_of_birth=date(1980, 3, 4))

    response = as_assistant.get(URL, {"q": text})

    assert [line.url for line in response.context["patients"]] == [born.get_absolute_url()]
    assert "No appointments match" not in response.content.decode()
