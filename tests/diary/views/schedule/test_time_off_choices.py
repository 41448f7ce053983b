"""What may become of the appointments in a time off, and choosing it (requirement B19)."""

from datetime import timedelta

import pytest

from portal.models import TimeOff
from tests.diary.views.schedule.settling import proposed, rows_of, seen, url
from tests.factories import (
    AppointmentFactory,
    DoctorFactory,
)
from tests.setups.diary import DAY, at, book_at, slot_at
from tests.setups.tuesday_noon import tuesday_noon  # noqa: F401 (fixtures)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday_noon")]

NEXT = DAY + timedelta(1)


def test_B19_each_appointment_has_its_own_nearest_times(as_doctor, doctor):
    first, second = book_at(doctor, "09:00"), book_at(doctor, "09:30")
    free = [slot_at(doctor, text, NEXT) for text in ("09:00", "09:30", "10:00", "10:30", "11:00")]
    inside = slot_at(doctor, "12:00")

    response = as_doctor.get(url())

    assert sorted(proposed(response)) == sorted(one.pk for one in free)
    assert inside.pk not in proposed(response)
    rows = rows_of(response)
    assert {rows[first.pk].picked, rows[second.pk].picked} == {
        f"slot-{free[0].pk}",
        f"slot-{free[1].pk}",
    }
    assert not TimeOff.objects.exists()


def test_B19_a_time_at_which_the_patient_is_busy_is_not_proposed(as_doctor, doctor):
    own = book_at(doctor, "09:00")
    busy, free = slot_at(doctor, "09:00", NEXT), slot_at(doctor, "10:00", NEXT)
    AppointmentFactory(patient=own.patient, starts_at=busy.starts_at)

    assert proposed(as_doctor.get(url())) == [free.pk]


def test_B19_colleagues_who_could_take_it_are_listed(as_doctor, doctor):
    own = book_at(doctor, "09:00")
    same = DoctorFactory(specialty=doctor.specialty, office=doctor.office, name="Dr Z")
    other, with_slot = DoctorFactory(name="Dr A"), DoctorFactory(name="Dr B", office=doctor.office)
    busy, away = DoctorFactory(), DoctorFactory()
    slot_at(with_slot, "09:00", office=own.office)
    slot_at(busy, "08:45")
    TimeOff.objects.create(doctor=away, starts_at=at("08:00"), ends_at=at("09:10"))

    row = rows_of(as_doctor.get(url()))[own.pk]

    assert row.item.colleagues == [same, other, with_slot]
    assert [row.picked, row.to] == ["hand", same.pk]


def test_B19_no_doctor_of_another_specialty_is_proposed(as_doctor, doctor):
    own, second = book_at(doctor, "09:00"), book_at(doctor, "09:30")
    heart = DoctorFactory(name="Dr Heart", specialty__name="Cardiology")

    response = as_doctor.get(url())
    moved = as_doctor.post(url(), {"seen": seen(own, second), "all": "move"})

    for row in (*rows_of(response).values(), *rows_of(moved).values()):
        assert row.item.colleagues == [heart]
        assert (row.picked, row.to) == ("", None)
    page = response.content.decode()
    assert f"Another specialty than {doctor.specialty.name}" in page
    assert '<optgroup label="Other specialties">' in page
    assert f'<option value="{heart.pk}" selected' not in page


def test_B19_for_all_the_specialty_comes_first_whoever_can_take_more(as_doctor, doctor):
    for text in ("09:00", "09:30"):
        book_at(doctor, text)
    same = DoctorFactory(specialty=doctor.specialty, office=doctor.office, name="Dr Same")
    DoctorFactory(name="Dr Heart", specialty__name="Cardiology")
    slot_at(same, "08:45")

    page = as_doctor.get(url()).content.decode()

    choices = page[page.index('id="all_to"') :]
    assert choices.index("can take 1 of 2") < choices.index("Other specialties")
    assert choices.index("Other specialties") < choices.index("can take 2 of 2")


def test_B19_another_time_of_the_further_ones(as_doctor, doctor):
    own = book_at(doctor, "09:00")
    free = [slot_at(doctor, text, NEXT) for text in ("09:00", "09:30", "10:00", "10:30")]
    data = {"seen": seen(own), f"do-{own.pk}": "other", f"other-{own.pk}": free[3].pk}

    assert as_doctor.post(url(), data).status_code == 302

    own.refresh_from_db()
    assert own.slot == free[3]


def test_B19_unresolved_is_refused_and_keeps_what_was_picked(as_doctor, doctor):
    first, second = book_at(doctor, "09:00"), book_at(doctor, "09:30")

    response = as_doctor.post(
        url(),
        {
            "seen": seen(first, second),
            f"do-{first.pk}": "cancel",
            f"message-{first.pk}": "So sorry",
            "note": "Fair",
        },
    )

    text = response.content.decode()
    assert response.status_code == 422
    assert "Say what is to become of it." in text
    assert "So sorry" in text
    assert 'value="Fair"' in text
    assert rows_of(response)[first.pk].picked == "cancel"
    assert rows_of(response)[second.pk].picked == ""


@pytest.mark.parametrize(
    ("picked", "said"),
    [
        ({"do": "cancel", "message": " "}, "patient is to read"),
        ({"do": "cancel", "message": "x" * 301}, "At most 300"),
        ({"do": "hand", "to": ""}, "Choose who takes it over"),
        ({"do": "hand", "to": "999999"}, "cannot take it any more"),
        ({"do": "other", "other": ""}, "Choose one of the further times"),
        ({"do": "slot-99999999"}, "not free any more"),
        ({"do": "slot-" + "9" * 30}, "Say what is to become"),
        ({"do": "nonsense"}, "Say what is to become"),
    ],
)
def test_B19_a_choice_that_cannot_be_is_refused_beside_it(as_doctor, doctor, picked, said):
    own = book_at(doctor, "09:00")
    data = {f"{name}-{own.pk}": value for name, value in picked.items()}

    response = as_doctor.post(url(), {"seen": seen(own), **data})

    assert response.status_code == 422
    assert said in response.content.decode()
    assert not TimeOff.objects.exists()


def test_B19_one_that_was_booked_meanwhile_is_shown_and_the_rest_is_kept(as_doctor, doctor):
    first = book_at(doctor, "09:00")
    data = {"seen": seen(first), f"do-{first.pk}": "cancel", f"message-{first.pk}": "So sorry"}
    new = book_at(doctor, "09:30")

    response = as_doctor.post(url(), data)

    rows = rows_of(response)
    assert response.status_code == 409
    assert [rows[new.pk].is_new, rows[first.pk].is_new] == [True, False]
    assert [rows[first.pk].picked, rows[first.pk].message] == ["cancel", "So sorry"]
    assert response.context["seen"] == seen(first, new)
    assert not TimeOff.objects.exists()


def test_B19_a_time_that_was_taken_meanwhile_is_said_beside_its_row(as_doctor, doctor):
    own, slot = book_at(doctor, "09:00"), slot_at(doctor, "09:00", NEXT)
    slot.state = "taken"
    slot.save()

    response = as_doctor.post(url(), {"seen": seen(own), f"do-{own.pk}": f"slot-{slot.pk}"})

    assert response.status_code == 422
    assert "not free any more" in rows_of(response)[own.pk].error


def test_B19_what_is_picked_is_proposed_to_nobody_else(as_doctor, doctor):
    first, second = book_at(doctor, "09:00"), book_at(doctor, "09:30")
    free = [slot_at(doctor, text, NEXT) for text in ("09:00", "09:30", "10:00")]
    data = {"seen": seen(first, second), f"do-{second.pk}": f"slot-{free[0].pk}"}

    response = as_doctor.post(url(), data)

    assert rows_of(response)[second.pk].slot == free[0].pk
    assert len(proposed(response)) == len(set(proposed(response))) == 3


@pytest.mark.parametrize("verb", ["move", "hand", "cancel"])
def test_B19_the_same_for_all_fills_in_and_saves_nothing(as_doctor, doctor, verb):
    booked = [book_at(doctor, "09:00"), book_at(doctor, "09:30")]
    colleague = DoctorFactory()
    for text in ("09:00", "09:30"):
        slot_at(doctor, text, NEXT)

    response = as_doctor.post(
        url(),
        {"seen": seen(*booked), "all": verb, "all_to": colleague.pk, "all_message": "Sorry"},
    )

    rows = rows_of(response).values()
    assert response.status_code == 200
    picked = {row.picked for row in rows}
    if verb == "move":
        assert len(picked) == 2
        assert all(row.slot for row in rows)
    else:
        assert picked == {verb}
    if verb == "hand":
        assert {row.to for row in rows} == {colleague.pk}
    if verb == "cancel":
        assert {row.message for row in rows} == {"Sorry"}
    assert not TimeOff.objects.exists()


def test_B19_the_same_for_all_needs_to_know_whom_or_what(as_doctor, doctor):
    booked = [book_at(doctor, "09:00"), book_at(doctor, "09:30")]

    whom = as_doctor.post(url(), {"seen": seen(*booked), "all": "hand"})
    what = as_doctor.post(url(), {"seen": seen(*booked), "all": "cancel", "all_message": ""})

    assert [whom.status_code, what.status_code] == [422, 422]


def test_B19_a_time_within_a_day_is_proposed_last(as_doctor, doctor):
    own = book_at(doctor, "09:00", NEXT)
    soon, later = slot_at(doctor, "10:00"), slot_at(doctor, "09:00", NEXT + timedelta(3))

    response = as_doctor.get(url(first=NEXT, last=NEXT))

    assert proposed(response) == [later.pk, soon.pk]
    assert rows_of(response)[own.pk].picked == f"slot-{later.pk}"
