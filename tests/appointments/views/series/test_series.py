"""/patients/<id>/series/new/ and what an appointment's page says of its series (B11, B13)."""

import pytest
from django.urls import reverse

from portal.appointments.services import series
from portal.models import Appointment, Series, Slot
from tests.factories import AppointmentFactory, SlotFactory, in_days


@pytest.fixture
def slots(doctor):
    return [SlotFactory(doctor=doctor, starts_at=in_days(7 * n, 12)) for n in range(1, 4)]


@pytest.fixture
def asked(doctor, slots):
    local = slots[0].starts_at.astimezone(doctor.office.zone)
    return {
        "doctor": doctor.pk,
        "day": local.date().isoformat(),
        "wall": f"{local:%H:%M}",
        "every_weeks": "1",
        "times": "3",
        "reason": "Physiotherapy",
        "token": "6b8f3f0e-6b8b-4b0e-9d2e-0d4b1a3f5c77",
    }


@pytest.fixture
def url(patient):
    return reverse("series-new", args=[patient.pk])


def chosen(slots) -> dict:
    return {f"choice-{n}": slot.pk if slot else "out" for n, slot in enumerate(slots)}


def test_series_from_the_patients_page_to_the_first_of_them(
    as_assistant, patient, slots, asked, url
):
    assert url in as_assistant.get(patient_page(patient)).content.decode()
    assert as_assistant.get(url).status_code == 200
    dates = as_assistant.post(url, asked)
    assert dates.status_code == 200
    assert "3 dates are free" in dates.content.decode()
    assert not Series.objects.exists()

    response = as_assistant.post(url, asked | chosen(slots) | {"book": "1"}, follow=True)

    made = Series.objects.get()
    assert made.appointments.count() == 3
    page = response.content.decode()
    assert "3 appointments are booked for José Núñez" in page
    assert "1 of 3 of a series" in page


def test_series_from_a_slots_page_has_its_time(as_assistant, patient, slots, asked, url):
    check = reverse("slot-book", args=[slots[0].pk]) + f"?patient={patient.pk}"
    link = f"{url}?slot={slots[0].pk}"
    assert link in as_assistant.get(check).content.decode()

    page = as_assistant.get(link).content.decode()

    assert asked["day"] in page
    assert asked["wall"] in page


def test_series_clashes_come_first_with_what_is_free_that_week(as_assistant, slots, asked, url):
    Slot.objects.filter(pk=slots[2].pk).update(state="taken")
    near = SlotFactory(doctor=slots[2].doctor, starts_at=in_days(21, 13))

    page = as_assistant.post(url, asked).content.decode()

    assert page.index("1 date needs another time") < page.index("2 dates are free")
    assert "That time is taken." in page
    assert f'value="{near.pk}"' in page
    assert page.count("Leave this one out") == 3


def test_series_nothing_said_of_a_clash_is_422_and_keeps_the_rest(as_assistant, slots, asked, url):
    Slot.objects.filter(pk=slots[2].pk).update(state="taken")
    SlotFactory(doctor=slots[2].doctor, starts_at=in_days(21, 13))
    sent = asked | chosen([slots[0], None]) | {"book": "1"}

    response = as_assistant.post(url, sent)

    assert response.status_code == 422
    assert "Choose a time for each date, or leave it out." in response.content.decode()
    assert 'id="choice-1-out" value="out" checked' in response.content.decode()


def test_series_leaving_out_and_another_time(as_assistant, slots, asked, url):
    near = SlotFactory(doctor=slots[2].doctor, starts_at=in_days(21, 13))
    as_assistant.post(url, asked | chosen([slots[0], None, near]) | {"book": "1"})

    assert {one.slot for one in Appointment.objects.all()} == {slots[0], near}


def test_series_lost_meanwhile_is_409_marked_and_nothing_is_booked(as_assistant, slots, asked, url):
    AppointmentFactory(doctor=slots[1].doctor, starts_at=slots[1].starts_at, slot=slots[1])
    Slot.objects.filter(pk=slots[1].pk).update(state="taken")

    response = as_assistant.post(url, asked | chosen([slots[0], slots[1], None]) | {"book": "1"})

    page = response.content.decode()
    assert response.status_code == 409
    assert "Nothing is booked" in page
    assert page.count("Just gone") == 1
    assert 'id="choice-2-out" value="out" checked' in page
    assert not Series.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("times", "1", "at least 2"),
        ("times", "21", "at most 20"),
        ("day", "soon", "Enter a date"),
        ("wall", "", "Enter a time"),
        ("every_weeks", "9", "Select a valid choice"),
        ("doctor", "0", "Select a valid choice"),
    ],
)
def test_series_bad_input_is_told_beside_the_field(as_assistant, asked, url, field, value, words):
    response = as_assistant.post(url, asked | {field: value})

    assert response.status_code == 422
    assert words in response.content.decode()
    assert "Physiotherapy" in response.content.decode()


def test_series_foreign_doctors_are_not_offered(as_assistant, asked, url):
    foreign = SlotFactory().doctor

    assert as_assistant.post(url, asked | {"doctor": foreign.pk}).status_code == 422
    assert foreign.name not in as_assistant.get(url).content.decode()


def test_series_the_rest_is_cancelled_from_an_appointments_page(
    as_assistant, as_patient, patient, slots
):
    ids = [slot.pk for slot in slots]
    made = series.book_series(ids, patient_id=patient.pk, by=as_assistant.user, every_days=7)
    second = made.appointments.order_by("starts_at")[1]
    url = reverse("series-cancel", args=[second.pk])
    page = as_assistant.get(second.get_absolute_url()).content.decode()
    assert "2 of 3 of a series" in page
    assert url in page
    own = as_patient.get(second.get_absolute_url()).content.decode()
    assert "2 of 3 of a series" in own
    assert url not in own

    assert as_assistant.post(url, {}).status_code == 422
    response = as_assistant.post(url, {"reason": "health"}, follow=True)

    assert "3 appointments are cancelled" in str(next(iter(response.context["messages"])))
    assert set(made.appointments.values_list("state", flat=True)) == {"cancelled"}


@pytest.mark.parametrize("times", ["3", "20"])
def test_series_the_dates_take_always_as_many_queries(
    as_assistant, asked, url, times, django_assert_max_num_queries
):
    with django_assert_max_num_queries(14):
        as_assistant.post(url, asked | {"times": times})


def patient_page(patient) -> str:
    return reverse("patient", args=[patient.pk])
