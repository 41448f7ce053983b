"""/schedule/slots/new/ and /schedule/slots/<id>/edit/: one slot (requirements B04, B05, B24)."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from portal.models import Slot
from tests.diary.views.schedule.test_day import messages
from tests.factories import AppointmentFactory, DoctorFactory, OfficeFactory, SlotFactory
from tests.setups.diary import DAY, at, book_at, close_day, slot_at

NEW = "/schedule/slots/new/"
LIST = "/schedule/slots/"


def typed(doctor, **values) -> dict:
    """What is typed for ten to ten fifty of the day."""
    return {
        "office": doctor.office_id,
        "day": DAY.isoformat(),
        "starts": "10:00",
        "ends": "10:50",
        "audience": "public",
        "note": "",
    } | values


def edit_url(slot) -> str:
    return reverse("slot-edit", args=[slot.pk])


def test_B04_a_doctor_adds_a_slot(as_doctor, doctor):
    response = as_doctor.post(NEW, typed(doctor, note="Long talk"), follow=True)

    slot = Slot.objects.get()
    assert response.redirect_chain == [("/schedule/2026-03-04/", 302)]
    assert messages(response) == ["Added: Wednesday 4 March 2026, 10:00."]
    assert (slot.starts_at, slot.ends_at, slot.note) == (at("10:00"), at("10:50"), "Long talk")


def test_B04_and_another_one(as_doctor, doctor):
    response = as_doctor.post(NEW, typed(doctor, another="1"))

    assert response.url == f"{NEW}?day=2026-03-04"
    assert 'value="2026-03-04"' in as_doctor.get(response.url).content.decode()


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"day": ""}, "day", "Enter a date"),
        ({"day": "2026-03-01"}, "day", "has passed"),
        ({"day": "2028-06-01"}, "day", "too far away"),
        ({"day": "9999-12-31"}, "day", "too far away"),
        ({"starts": "x"}, "starts", "Enter a time"),
        ({"starts": "10:03"}, "starts", "five minutes"),
        ({"ends": "10:00"}, "ends", "after the start"),
        ({"ends": "09:00"}, "ends", "after the start"),
        ({"ends": "10:51"}, "ends", "five minutes"),
        ({"day": "2026-03-02"}, "starts", "has passed"),
        ({"day": "2026-03-03", "starts": "11:00", "ends": "11:30"}, "starts", "has passed"),
        ({"audience": "friends"}, "audience", "not one of the available"),
        ({"office": "0"}, "office", "not one of the available"),
        ({"note": "x" * 201}, "note", "at most 200"),
        ({"day": "2026-03-29", "starts": "02:30", "ends": "04:00"}, "starts", "clocks go forward"),
        ({"day": "2026-03-29", "starts": "01:30", "ends": "02:30"}, "ends", "clocks go forward"),
    ],
)
def test_B04_what_makes_no_sense_is_said_beside_its_field(as_doctor, doctor, values, field, said):
    response = as_doctor.post(NEW, typed(doctor, **values))

    assert response.status_code == 422
    assert said in str(response.context["form"].errors[field])
    assert list(response.context["form"].errors) == [field]
    assert not Slot.objects.exists()


def test_B04_an_overlap_is_said_beside_the_start_and_keeps_what_was_typed(as_doctor, doctor):
    slot_at(doctor, "10:30")

    response = as_doctor.post(NEW, typed(doctor, note="Scans"))

    assert response.status_code == 409
    assert "another slot then: 10:30–11:00" in str(response.context["form"].errors["starts"])
    assert 'value="Scans"' in response.content.decode()


def test_B04_midnight_is_the_end_of_the_day(as_doctor, doctor):
    as_doctor.post(NEW, typed(doctor, starts="23:30", ends="00:00"))

    assert Slot.objects.get().ends_at == at("00:00", date(2026, 3, 5))


def test_B04_of_a_time_that_comes_twice_one_is_chosen(as_doctor, doctor):
    night = typed(doctor, day="2026-10-25", starts="02:30", ends="03:30")

    asked = as_doctor.post(NEW, night)
    first = as_doctor.post(NEW, night | {"starts_which": "first", "ends": "02:45"})
    chosen = as_doctor.post(NEW, night | {"starts_which": "second"})

    assert asked.status_code == 422
    assert "comes twice" in str(asked.context["form"].errors["starts_which"])
    assert 'name="starts_which"' in asked.content.decode()
    assert 'name="starts_which"' not in as_doctor.get(NEW).content.decode()
    assert list(first.context["form"].errors) == ["ends_which"]  # 15 or 75 minutes
    assert chosen.status_code == 302
    assert Slot.objects.get().starts_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_B04_the_times_are_those_of_the_chosen_office(as_doctor, doctor):
    canary = OfficeFactory(time_zone="Atlantic/Canary")

    as_doctor.post(NEW, typed(doctor, office=canary.pk))

    assert Slot.objects.get().starts_at == datetime(2026, 3, 4, 10, tzinfo=UTC)


def test_B04_the_desk_adds_one_for_a_doctor_of_its_office(as_assistant, doctor):
    far = OfficeFactory()
    url = f"{NEW}?doctor={doctor.pk}"

    page = as_assistant.get(url)
    response = as_assistant.post(url, typed(doctor))
    refused = as_assistant.post(url, typed(doctor, office=far.pk, starts="12:00", ends="13:00"))

    assert doctor.name in page.content.decode()
    sheet = f"/desk/?day=2026-03-04&office={doctor.office_id}&doctor={doctor.pk}&view=columns"
    assert response.url == sheet
    assert "10:00" in as_assistant.get(response.url).content.decode()
    assert Slot.objects.get().doctor == doctor
    assert refused.status_code == 422  # not an office that they run
    assert as_assistant.get(f"{NEW}?doctor={DoctorFactory().pk}").status_code == 404
    assert as_assistant.get(f"{NEW}?doctor=0").status_code == 404


def test_B24_for_whom_it_is(as_doctor, doctor):
    as_doctor.post(NEW, typed(doctor, audience="same_day"))

    slot = Slot.objects.get()
    assert slot.released_at == at("07:00")
    assert "Same day, from 07:00" in as_doctor.get(LIST).content.decode()


def test_B05_an_edit_shows_what_is_there_and_saves_it(as_doctor, doctor):
    slot = slot_at(doctor, "10:00", note="Scans", audience="desk", released_at=None)

    page = as_doctor.get(edit_url(slot)).content.decode()
    response = as_doctor.post(edit_url(slot), typed(doctor, starts="10:15", note="Blood"))

    assert 'value="10:00"' in page
    assert 'value="Scans"' in page
    assert response.url == "/schedule/2026-03-04/"
    new = Slot.objects.live().get()
    assert (new.starts_at, new.note, new.audience) == (at("10:15"), "Blood", "public")


def test_B05_an_edit_that_changes_nothing_keeps_the_second_of_two_hours(as_doctor, doctor):
    second = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    slot = SlotFactory(
        doctor=doctor, starts_at=second, ends_at=datetime(2026, 10, 25, 2, 0, tzinfo=UTC)
    )
    form = as_doctor.get(edit_url(slot)).context["form"]

    response = as_doctor.post(edit_url(slot), form.initial)

    assert form.asks == {"starts_which"}
    assert response.status_code == 302
    slot.refresh_from_db()
    assert (slot.starts_at, slot.state) == (second, "open")


def test_B05_of_a_booked_one_the_note_only(as_doctor, doctor):
    slot = book_at(doctor, "10:00").slot

    page = as_doctor.get(edit_url(slot)).content.decode()
    as_doctor.post(edit_url(slot), typed(doctor, starts="12:00", ends="13:00", note="Scans"))

    slot.refresh_from_db()
    assert "This time is booked" in page
    assert (slot.note, slot.starts_at, slot.state) == ("Scans", at("10:00"), "taken")


def test_B05_a_slot_booked_meanwhile_keeps_its_time(as_doctor, doctor):
    slot = slot_at(doctor, "10:00")
    as_doctor.get(edit_url(slot))
    AppointmentFactory(doctor=doctor, slot=slot, starts_at=slot.starts_at)
    Slot.objects.filter(pk=slot.pk).update(state="taken")

    as_doctor.post(edit_url(slot), typed(doctor, starts="12:00", ends="13:00"))

    slot.refresh_from_db()
    assert (slot.starts_at, slot.state) == (at("10:00"), "taken")


def test_B05_a_removed_one_leads_back_to_the_list(as_doctor, doctor):
    slot = slot_at(doctor, "10:00", state="withdrawn")

    assert as_doctor.get(edit_url(slot)).url == LIST


def test_B05_another_doctors_slot_is_not_found(as_doctor, doctor):
    slot = slot_at(DoctorFactory(), "10:00")

    assert as_doctor.get(edit_url(slot)).status_code == 404
    assert as_doctor.post(edit_url(slot), typed(doctor)).status_code == 404


def test_B05_the_desk_lists_edits_and_removes_slots_of_its_doctors(as_assistant, doctor):
    slot = slot_at(doctor, "10:00", note="Scans")
    query = f"?doctor={doctor.pk}"

    page = as_assistant.get(f"{LIST}{query}").content.decode()
    edited = as_assistant.post(f"{edit_url(slot)}{query}", typed(doctor, ends="10:30", note="Eye"))
    removed = as_assistant.post(f"{LIST}{slot.pk}/remove/{query}")

    assert "Scans" in page
    assert f"Slots of {doctor.name}" in page
    assert f"/schedule/2026-03-04/transfer/{query}" in page
    assert edited.url.startswith("/desk/?day=2026-03-04")
    assert removed.url == f"{LIST}{query}"
    slot.refresh_from_db()
    assert (slot.note, slot.state) == ("Eye", "withdrawn")


def test_B05_the_list_says_for_whom_a_slot_is_and_what_is_on_offer(as_doctor, doctor):
    slot_at(doctor, "10:00", audience="desk", released_at=None, note="Scans")
    offered = slot_at(doctor, "11:00", state="offered")

    page = as_doctor.get(LIST).content.decode()

    assert "Desk only" in page
    assert "Scans" in page
    assert "On offer" in page
    assert f"/schedule/slots/{offered.pk}/remove/" not in page


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_costs_the_same_whatever_is_in_it(
    as_doctor, doctor, count, django_assert_num_queries
):
    for hour in range(count):
        slot_at(doctor, f"{10 + hour}:00", audience="desk", released_at=None)
    as_doctor.get(LIST)

    with django_assert_num_queries(7):
        as_doctor.get(LIST)


def test_B03_on_a_closed_day_a_slot_needs_a_tick_that_names_the_closure(as_doctor, doctor):
    close_day(doctor.office, name="Feast of the patron")

    refused = as_doctor.post(NEW, typed(doctor, note="Scans"))
    page = refused.content.decode()
    made = as_doctor.post(NEW, typed(doctor, despite_closure="on"))

    assert refused.status_code == 409
    said = "The office is closed on Wednesday 4 March 2026: Feast of the patron."
    assert said in refused.context["form"].errors["day"]
    assert 'name="despite_closure"' in page
    assert 'value="Scans"' in page
    assert 'name="despite_closure"' not in as_doctor.get(NEW).content.decode()
    assert made.url == "/schedule/2026-03-04/"
    assert Slot.objects.get().despite_closure


def test_B04_a_slot_at_another_office_leads_back_to_its_day_there(as_doctor, doctor):
    canary = OfficeFactory(time_zone="Atlantic/Canary")

    response = as_doctor.post(NEW, typed(doctor, office=canary.pk))

    assert response.url == f"/schedule/2026-03-04/?office={canary.pk}"
