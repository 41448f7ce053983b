"""/desk/walk-in/: who is here, then which doctor can see them today (B21)."""

from datetime import UTC, date, datetime, time
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from portal.models import Appointment, Slot, WeeklyHours
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    DoctorFactory,
    PatientFactory,
    SlotFactory,
)
from tests.plugins.people import signed_in
from tests.setups.diary import at, slot_at

URL, EXTRA = reverse("walk-in"), reverse("walk-in-extra")


@pytest.fixture(autouse=True)
def _clock():
    """Wednesday 4 March 2026, 10:03 in Madrid."""
    with time_machine.travel(datetime(2026, 3, 4, 9, 3, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def doctor(db):
    """Works from 09:00 to 13:00."""
    doctor = DoctorFactory(name="Dr Elena Ruiz")
    WeeklyHours.objects.create(
        doctor=doctor,
        office=doctor.office,
        weekday=2,
        starts=time(9),
        ends=time(13),
        valid_from=date(2026, 1, 5),
    )
    return doctor


@pytest.fixture
def walker(db):
    return PatientFactory(name="Walter Keen", user=None, phone="+34600111222")


def form(walker, **fields) -> dict:
    return {"patient": walker.pk, "reason": "Cough", "here": "on", "token": uuid4(), **fields}


def extra(walker, whom, **fields) -> dict:
    times = {"doctor": whom.pk, "start": "10:30", "minutes": 20}
    return form(walker) | times | fields


def offered(response) -> list[tuple]:
    return [
        (one.doctor, one.starts and f"{one.starts:%H:%M}", one.gap and f"{one.gap:%H:%M}")
        for one, *_words in response.context["openings"]
    ]


def test_B21_first_the_patient_is_found_or_entered(as_assistant, walker):
    page = as_assistant.get(URL, {"q": "keen"}).content.decode()

    assert f'href="?patient={walker.pk}"' in page
    assert f"{reverse('patient-new')}?walk_in=1&amp;q=keen" in page
    part = as_assistant.get(URL, {"q": "keen"}, headers={"HX-Request": "true"}).content.decode()
    assert part.strip() in page


def test_B21_the_next_free_time_of_each_doctor_soonest_first(as_assistant, doctor, walker):
    colleague = DoctorFactory(name="Dr Ben Okoye", office=doctor.office)
    DoctorFactory(name="Dr Full", office=doctor.office)
    DoctorFactory(name="Dr Pending", office=doctor.office, state="pending")
    DoctorFactory(name="Dr Elsewhere")
    for text in ("10:00", "11:00", "12:00"):
        slot_at(doctor, text)
    slot_at(colleague, "10:30")
    slot_at(colleague, "09:50", state="taken")
    SlotFactory(doctor=colleague, starts_at=at("10:30", date(2026, 3, 5)))

    response = as_assistant.get(URL, {"patient": walker.pk})

    assert offered(response) == [
        ("Dr Ben Okoye", "10:30", "11:00"),
        ("Dr Elena Ruiz", "11:00", "10:30"),
        ("Dr Full", None, "10:05"),
    ]
    page = response.content.decode()
    assert "10:30 with <bdi>Dr Ben Okoye</bdi>, in 27 min" in page
    assert "Walter Keen" in page
    assert "+34 600 11 12 22" in page


def test_B21_a_doctor_of_another_office_who_is_here_today(as_assistant, doctor, walker):
    guest = DoctorFactory(name="Dr Guest")
    slot_at(guest, "12:00", office=doctor.office)

    assert ("Dr Guest", "12:00", None) in offered(as_assistant.get(URL, {"patient": walker.pk}))


def test_B21_one_button_books_and_notes_the_arrival(as_assistant, doctor, walker):
    slot = slot_at(doctor, "10:30")

    response = as_assistant.post(URL, form(walker, slot=slot.pk), follow=True)

    made = Appointment.objects.get()
    assert (made.slot, made.patient, made.state) == (slot, walker, "arrived")
    assert (made.reason, made.booked_by) == ("Cough", as_assistant.user)
    assert response.redirect_chain == [(reverse("desk"), 302)]
    sentence = "Walter Keen is booked with Dr Elena Ruiz at 10:30 and is waiting."
    assert sentence in response.content.decode()


def test_B21_one_who_comes_back_later_has_not_arrived(as_assistant, doctor, walker):
    as_assistant.post(URL, form(walker, slot=slot_at(doctor, "12:30").pk, here=""))

    assert Appointment.objects.get().state == "confirmed"


def test_B21_a_time_that_is_gone_shows_the_others_and_keeps_the_reason(
    as_assistant, doctor, walker
):
    gone, other = slot_at(doctor, "10:30", state="taken"), slot_at(doctor, "11:00")

    response = as_assistant.post(URL, form(walker, slot=gone.pk))

    page = response.content.decode()
    assert response.status_code == 409
    assert "That time has just been taken." in page
    assert f'value="{other.pk}"' in page
    assert 'value="Cough"' in page


@pytest.mark.parametrize(
    "fields", [{"slot": ""}, {"slot": "x"}, {"token": ""}, {"reason": "x" * 201}]
)
def test_B21_a_slip_books_nothing_and_keeps_what_was_typed(as_assistant, doctor, walker, fields):
    slot = slot_at(doctor, "10:30")

    response = as_assistant.post(URL, form(walker, slot=slot.pk) | fields)

    assert response.status_code == 422
    assert fields.get("reason", "Cough") in response.content.decode()
    assert not Appointment.objects.exists()


def test_B21_only_in_diaries_that_the_desk_runs(as_assistant, walker):
    elsewhere = slot_at(DoctorFactory(), "10:30")

    assert as_assistant.post(URL, form(walker, slot=elsewhere.pk)).status_code == 404
    assert as_assistant.post(URL, form(walker, slot=999999)).status_code == 404
    assert as_assistant.get(URL, {"patient": 999999}).status_code == 404
    assert as_assistant.post(URL, {"slot": elsewhere.pk})["Location"] == URL


@pytest.mark.parametrize("who", ["as_doctor", "as_patient"])
@pytest.mark.parametrize("url", [URL, EXTRA])
def test_B21_others_are_refused(request, who, url, walker):
    client = request.getfixturevalue(who)

    assert client.get(url, {"patient": walker.pk}).status_code == 403
    assert client.post(url, form(walker)).status_code == 403


def test_B21_queries_do_not_grow_with_doctors(
    as_assistant, doctor, walker, django_assert_max_num_queries
):
    for count in (1, 5):
        for one in DoctorFactory.create_batch(count, office=doctor.office):
            slot_at(one, "10:30")
            slot_at(one, "11:30")
        with django_assert_max_num_queries(10):
            as_assistant.get(URL, {"patient": walker.pk})


def test_B21_the_extra_form_starts_at_the_first_gap(as_assistant, doctor, walker):
    slot_at(doctor, "10:00")
    slot_at(doctor, "10:30", state="taken")

    response = as_assistant.get(EXTRA, {"patient": walker.pk, "doctor": doctor.pk})

    shown = response.context["form"]
    assert (shown["start"].value(), shown["minutes"].value()) == (time(11), 30)
    assert 'value="11:00"' in response.content.decode()


def test_B21_an_extra_time_is_booked(as_assistant, doctor, walker):
    response = as_assistant.post(EXTRA, extra(walker, doctor))

    slot = Slot.objects.get()
    assert response["Location"] == reverse("desk")
    assert (slot.is_extra, slot.starts_at, slot.note) == (True, at("10:30"), "Cough")
    made = Appointment.objects.get()
    assert made.state == "arrived"
    assert "Extra time" in as_assistant.get(made.get_absolute_url()).content.decode()


def test_B21_outside_the_hours_is_asked_and_then_done(as_assistant, doctor, walker):
    data = extra(walker, doctor, start="15:00")

    asked = as_assistant.post(EXTRA, data)
    again = as_assistant.post(EXTRA, data | {"start": "16:00", "confirmed": _answer(asked)})
    done = as_assistant.post(EXTRA, data | {"confirmed": _answer(asked)})

    page = asked.content.decode()
    assert asked.status_code == 200
    assert "outside Dr Elena Ruiz’s hours today: 09:00–13:00." in page
    assert 'value="15:00"' in page
    assert again.status_code == 200, "another time is another question"
    assert done.status_code == 302
    assert Slot.objects.get().starts_at == at("15:00")


def _answer(response) -> str:
    return response.context["form"].asked_about


def test_B21_what_overlaps_is_said_beside_the_start(as_assistant, doctor, walker):
    slot_at(doctor, "10:30")

    response = as_assistant.post(EXTRA, extra(walker, doctor))

    page = response.content.decode()
    assert response.status_code == 409
    assert response.context["form"].errors["start"] == [
        "Dr Elena Ruiz has other times then: 10:30–11:00 (free)."
    ]
    assert 'value="Cough"' in page


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"start": "25:00"}, "start"),
        ({"start": ""}, "start"),
        ({"start": "09:00"}, "start"),
        ({"minutes": "0"}, "minutes"),
        ({"minutes": "500"}, "minutes"),
        ({"reason": ""}, "reason"),
        ({"doctor": "x"}, "doctor"),
        ({"token": ""}, "token"),
    ],
)
def test_B21_slips_of_the_extra_form(as_assistant, doctor, walker, fields, field):
    response = as_assistant.post(EXTRA, extra(walker, doctor, **fields))

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Slot.objects.exists()


def test_B21_a_doctor_of_another_desk_cannot_be_chosen(as_assistant, walker):
    stranger = DoctorFactory()
    response = as_assistant.post(EXTRA, extra(walker, stranger))

    assert "doctor" in response.context["form"].errors
    get = as_assistant.get(EXTRA, {"patient": walker.pk, "doctor": stranger.pk})
    assert get.status_code == 200


def test_B21_a_time_that_the_clock_skips_or_repeats(doctor, walker):
    admin = AdminFactory()
    with time_machine.travel(datetime(2026, 3, 29, 0, 30, tzinfo=UTC), tick=False):
        skipped = signed_in(admin).post(EXTRA, extra(walker, doctor, start="02:30"))
    assert "there is no such time" in str(skipped.context["form"].errors["start"])

    # 25 October, 02:40 for the second time in Madrid
    with time_machine.travel(datetime(2026, 10, 25, 1, 40, tzinfo=UTC), tick=False):
        data, client = extra(walker, doctor, start="02:50"), signed_in(admin)
        asked = client.post(EXTRA, data)
        client.post(EXTRA, data | {"confirmed": _answer(asked)})
    assert Slot.objects.get().starts_at == datetime(2026, 10, 25, 1, 50, tzinfo=UTC)


def test_B14_who_stayed_away_is_told_to_staff_only(as_assistant, as_patient, doctor):
    patient = as_patient.user.patient
    for month, state in ((1, "no_show"), (2, "completed")):
        AppointmentFactory(
            patient=patient, doctor=doctor, starts_at=at("10:00", date(2026, month, 2)), state=state
        )
    slot = slot_at(doctor, "12:00")
    sentence = "Did not attend 1 of 2 appointments in the last twelve months."
    book = reverse("slot-book", args=[slot.pk])

    for url in (patient.get_absolute_url(), book, URL, EXTRA):
        page = as_assistant.get(url, {"patient": patient.pk}).content.decode()
        assert sentence in page, url
    for url in (book, URL):
        assert "missed 1 appointment" in as_assistant.get(url, {"q": "jos"}).content.decode()
    for url in (patient.get_absolute_url(), book):
        assert "Did not attend 1" not in as_patient.get(url).content.decode()
