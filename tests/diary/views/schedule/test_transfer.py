"""/schedule/<date>/transfer/: a whole day to a colleague (requirement B06)."""

from datetime import date

import pytest

from tests.diary.views.schedule.test_day import messages
from tests.factories import DoctorFactory
from tests.setups.diary import book_at, slot_at, times

URL = "/schedule/2026-03-04/transfer/"


@pytest.fixture
def colleague(doctor):
    return DoctorFactory(name="Dr Ana Soto", specialty=doctor.specialty, office=doctor.office)


def test_B06_from_the_day_to_the_colleague(as_doctor, doctor, colleague):
    booked = book_at(doctor, "10:00")
    slot_at(doctor, "11:00")

    day = as_doctor.get("/schedule/2026-03-04/").content.decode()
    page = as_doctor.get(URL).content.decode()
    plan = as_doctor.get(f"{URL}?to={colleague.pk}").content.decode()
    response = as_doctor.post(URL, {"to": colleague.pk, "old": "withdraw"}, follow=True)

    assert URL in day
    assert booked.patient.name in page
    assert "10:00–10:30" in page  # Madrid's clock, an hour ahead of the server's
    assert "Dr Ana Soto can take 2 of 2" in plan
    assert "Hand over all 2" in plan
    assert response.redirect_chain == [("/schedule/2026-03-04/", 302)]
    assert messages(response) == ["2 times went to Dr Ana Soto. 1 patient is told."]
    assert times(colleague, "taken") == ["04 10:00"]
    assert times(doctor, "withdrawn") == ["04 10:00", "04 11:00"]


def test_B06_conflicts_are_listed_and_left(as_doctor, doctor, colleague):
    book_at(doctor, "10:00")
    book_at(doctor, "11:00")
    slot_at(colleague, "11:10")

    plan = as_doctor.get(f"{URL}?to={colleague.pk}").content.decode()
    refused = as_doctor.post(URL, {"to": colleague.pk})
    response = as_doctor.post(URL, {"to": colleague.pk, "partly": "1"}, follow=True)

    assert "can take 1 of 2" in plan
    assert "Hand over 1 of 2" in plan
    assert "another slot then: 11:10–11:40" in plan
    assert refused.status_code == 409
    assert "Nothing has changed" in refused.content.decode()
    assert response.redirect_chain == [(f"{URL}?to={colleague.pk}", 302)]
    assert "What could not go is listed here" in messages(response)[0]
    assert times(colleague, "taken") == ["04 10:00"]
    assert times(doctor, "taken") == ["04 11:00"]


def test_B06_without_a_colleague_it_asks_for_one(as_doctor, doctor):
    book_at(doctor, "10:00")

    response = as_doctor.post(URL)

    assert response.status_code == 422
    assert "Choose who takes the day over." in response.content.decode()


def test_B06_an_empty_day_has_nothing_to_hand_over(as_doctor):
    assert "Nothing on this day" in as_doctor.get(URL).content.decode()


def test_B06_the_desk_hands_over_a_day_of_its_doctors(as_assistant, doctor, colleague):
    book_at(doctor, "10:00")
    url = f"{URL}?doctor={doctor.pk}"

    page = as_assistant.get(f"{url}&to={colleague.pk}").content.decode()
    response = as_assistant.post(url, {"to": colleague.pk, "old": "free"})

    assert f'name="doctor" value="{doctor.pk}"' in page
    assert response.url == f"/schedule/slots/?doctor={doctor.pk}"
    assert times(doctor) == ["04 10:00"]
    assert times(colleague, "taken") == ["04 10:00"]
    assert as_assistant.get(f"{URL}?doctor={colleague.pk}").status_code == 200
    assert as_assistant.get(f"{URL}?doctor={DoctorFactory().pk}").status_code == 404


@pytest.mark.parametrize(("to", "status"), [("0", 404), ("x", 200)])
def test_odd_doctors_are_no_error(as_doctor, to, status):
    assert as_doctor.get(f"{URL}?to={to}").status_code == status


def test_B06_not_to_one_who_is_not_listed(as_doctor, doctor):
    book_at(doctor, "10:00")
    pending = DoctorFactory(state="pending")

    assert as_doctor.post(URL, {"to": pending.pk}).status_code == 404


def test_a_day_out_of_reach_is_not_found(as_doctor):
    assert as_doctor.get("/schedule/2036-03-04/transfer/").status_code == 404


def test_a_past_day_has_nothing_to_hand_over(as_doctor, doctor, colleague):
    book_at(doctor, "10:00", date(2026, 3, 2))

    response = as_doctor.post("/schedule/2026-03-02/transfer/", {"to": colleague.pk})

    assert response.status_code == 409


def test_B06_a_doctor_of_another_specialty_stands_apart_and_is_warned_of(
    as_doctor, doctor, colleague
):
    book_at(doctor, "10:00")
    heart = DoctorFactory(name="Dr Heart", specialty__name="Cardiology")

    chosen = as_doctor.get(URL).content.decode()
    same = as_doctor.get(f"{URL}?to={colleague.pk}").content.decode()
    other = as_doctor.get(f"{URL}?to={heart.pk}").content.decode()

    assert "selected" not in chosen
    assert chosen.index(colleague.name) < chosen.index("Other specialties")
    assert chosen.index("Other specialties") < chosen.index("Dr Heart · Cardiology")
    warning = f"Another specialty than {doctor.specialty.name}"
    assert warning not in chosen + same
    assert warning in other
