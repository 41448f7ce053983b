"""/schedule/slots/: all of a doctor's slots, and removing free ones (requirement B05)."""

from datetime import date

import pytest

from portal.enums import SlotState
from tests.diary.views.schedule.test_day import messages
from tests.factories import DoctorFactory
from tests.setups.diary import DAY, book_at, set_range, slot_at

URL = "/schedule/slots/"
HTMX = {"HX-Request": "true"}


def lines(response) -> list[str]:
    return [f"{day} {line.time}" for day, some in response.context["days"] for line in some]


def remove(client, slot, **options):
    return client.post(f"{URL}{slot.pk}/remove/", **options)


def row_of(page: str, slot) -> str:
    """The list item of a slot in a page or a fragment."""
    rows = page.split("<li>")
    return next(row.split("</li>")[0] for row in rows if f"/slots/{slot.pk}/" in row)


def test_B05_slots_lists_what_is_to_come_soonest_first(as_doctor, doctor):
    slot_at(doctor, "16:00")
    slot_at(doctor, "09:00")
    slot_at(doctor, "10:00", date(2026, 3, 2))
    slot_at(doctor, "12:00", state=SlotState.WITHDRAWN)
    slot_at(DoctorFactory(), "11:00")

    assert lines(as_doctor.get(URL)) == [
        "Wednesday 4 March 2026 09:00–09:30",
        "Wednesday 4 March 2026 16:00–16:30",
    ]


def test_B17_slots_link_to_the_appointment(as_doctor, doctor):
    appointment = book_at(doctor, "10:00")

    text = as_doctor.get(URL).content.decode()

    assert f'<a href="/appointments/{appointment.pk}/">{appointment.patient.name}</a>' in text
    assert "17/05/1980" in text
    assert f"/schedule/slots/{appointment.slot_id}/remove/" not in text


@pytest.mark.parametrize(
    ("show", "found"),
    [
        ("free", ["09:00"]),
        ("booked", ["10:00"]),
        ("all", ["09:00", "10:00"]),
        ("x", ["09:00", "10:00"]),
    ],
)
def test_slots_can_be_filtered(as_doctor, doctor, show, found):
    slot_at(doctor, "09:00")
    book_at(doctor, "10:00")

    shown = lines(as_doctor.get(f"{URL}?show={show}"))

    assert [line.split()[-1][:5] for line in shown] == found


def test_slots_page_by_fifty_and_keep_the_filter(as_doctor, doctor):
    for day in (4, 5, 6):
        set_range(doctor, "09:00", "18:00", day=date(2026, 3, day))

    first = as_doctor.get(f"{URL}?show=free")
    second = as_doctor.get(f"{URL}?show=free&page=2")

    assert (len(lines(first)), len(lines(second))) == (50, 4)
    assert first.context["next_url"] == "?show=free&page=2"
    assert second.context["prev_url"] == "?show=free&page=1"


def test_slots_without_any_say_what_to_do(as_doctor):
    assert "Say when you are free" in as_doctor.get(URL).content.decode()


def test_B05_slot_remove_withdraws_a_free_slot(as_doctor, doctor):
    slot = slot_at(doctor, "09:00")

    response = as_doctor.post(f"{URL}{slot.pk}/remove/?show=free", follow=True)

    slot.refresh_from_db()
    assert response.redirect_chain == [(f"{URL}?show=free", 302)]
    assert messages(response) == ["Removed: Wednesday 4 March 2026, 09:00."]
    assert slot.state == SlotState.WITHDRAWN


def test_B05_slot_remove_refuses_a_booked_slot(as_doctor, doctor):
    slot = book_at(doctor, "09:00").slot

    response = remove(as_doctor, slot)

    slot.refresh_from_db()
    assert response.status_code == 409
    assert messages(response) == ["That time has been booked in the meantime, so it stays."]
    assert len(lines(response)) == 1
    assert slot.state == SlotState.TAKEN


def test_slot_remove_twice_says_that_it_is_gone(as_doctor, doctor):
    slot = slot_at(doctor, "09:00")
    remove(as_doctor, slot)

    response = remove(as_doctor, slot)

    assert response.status_code == 409
    assert "removed before" in messages(response)[-1]


def test_slot_remove_of_a_past_slot_is_refused(as_doctor, doctor):
    assert remove(as_doctor, slot_at(doctor, "09:00", date(2026, 3, 3))).status_code == 422


def test_slot_remove_by_htmx_answers_with_the_row(as_doctor, doctor):
    slot = slot_at(doctor, "09:00")

    response = remove(as_doctor, slot, headers=HTMX)

    text = response.content.decode()
    assert response.status_code == 200
    assert "HX-Request" in response["Vary"]
    assert text.count("<li>") == 1
    assert "Removed" in text
    assert "<form" not in text
    assert "<html" not in text


def test_slot_remove_by_htmx_of_a_booked_slot_shows_who_has_it(as_doctor, doctor):
    appointment = book_at(doctor, "09:00")

    response = remove(as_doctor, appointment.slot, headers=HTMX)

    text = response.content.decode()
    assert response.status_code == 409
    assert appointment.patient.name in text
    assert "booked in the meantime" in text


def test_slot_rows_are_the_same_by_htmx_and_in_the_page(as_doctor, doctor):
    """A slot that stays as it was, because its appointment was booked since the page was opened."""
    appointment = book_at(doctor, "09:00")

    page = as_doctor.get(URL).content.decode()
    fragment = remove(as_doctor, appointment.slot, headers=HTMX).content.decode()

    link = f'<a href="/appointments/{appointment.pk}/">{appointment.patient.name}</a>'
    row = page.split("<li>")[page[: page.index(link)].count("<li>")]
    assert row.split(link)[0] == fragment.split("<li>")[1].split(link)[0]


def test_slots_cost_the_same_queries_however_many(as_doctor, doctor, django_assert_max_num_queries):
    with django_assert_max_num_queries(7) as few:
        as_doctor.get(URL)
    set_range(doctor, "09:00", "18:00", day=DAY)
    for hour in range(10, 18):
        book_at(doctor, f"{hour}:00", date(2026, 3, 5))

    with django_assert_max_num_queries(7) as many:
        as_doctor.get(URL)

    assert len(many) == len(few)
