"""/schedule/<date>/: for whom slots are, their notes, and what is on offer (B15, B24)."""

from datetime import timedelta

from portal.models import TimeOff
from tests.factories import DoctorFactory
from tests.setups.diary import NOW, at, book_at, slot_at, times

URL = "/schedule/2026-03-04/"


def tiles(response) -> dict[str, object]:
    return {tile.time: tile for _part, some in response.context["tiles"].parts for tile in some}


def test_B24_tiles_say_for_whom_and_what_is_noted(as_doctor, doctor):
    slot_at(doctor, "09:00", audience="desk", released_at=None)
    slot_at(doctor, "09:30", audience="same_day", note="Scans")
    slot_at(doctor, "10:00", note="Long <talk>")
    slot_at(doctor, "10:30")

    response = as_doctor.get(URL)

    shown = tiles(response)
    assert [shown[time].mark for time in ("09:00", "09:30", "10:00", "10:30")] == [
        "Desk only",
        "Same day, from 07:00 · Scans",
        "Long <talk>",
        "",
    ]
    assert "Long &lt;talk&gt;" in response.content.decode()


def test_B15_what_is_on_offer_cannot_be_changed_and_stays(as_doctor, doctor):
    offered = slot_at(doctor, "09:00", state="offered")
    free = slot_at(doctor, "10:00")

    response = as_doctor.get(URL)
    tile = tiles(response)["09:00"]
    posted = {"free": [tile.value, tiles(response)["10:00"].value, "2026-03-04T10:00Z"]}
    saved = as_doctor.post(URL, posted, follow=True)

    assert (tile.kind, tile.text) == ("offered", "On offer")
    assert [str(message) for message in saved.context["messages"]] == ["1 time added."]
    offered.refresh_from_db()
    free.refresh_from_db()
    assert (offered.state, free.state) == ("offered", "open")
    assert times(doctor) == ["04 10:00", "04 11:00"]


def test_B15_what_is_on_offer_is_neither_free_nor_booked(as_doctor, doctor):
    slot_at(doctor, "09:00", state="offered")
    slot_at(doctor, "09:30")

    fortnight = as_doctor.get("/schedule/").content.decode()

    assert "1 on offer" in fortnight
    assert "1 free" in fortnight


def test_B04_a_booked_tile_shows_the_note(as_doctor, doctor):
    slot = book_at(doctor, "10:00").slot
    slot.note = "Scans"
    slot.save()

    assert tiles(as_doctor.get(URL))["10:00"].mark == "Scans"


def test_B04_a_single_slot_beside_the_grid_is_named(as_doctor, doctor):
    slot_at(doctor, "08:10", ends_at=at("08:55"), audience="desk", released_at=None)

    response = as_doctor.get(URL)

    assert response.context["tiles"].off_grid == ["08:10–08:55 (Desk only)"]


def test_B19_the_day_says_when_the_doctor_is_away(as_doctor, doctor):
    """Also where the time off begins or ends on another day; a time off that was taken back, or is
    somebody else's, is none."""
    before = {"starts_at": at("10:00") - timedelta(days=3), "ends_at": at("09:30")}
    TimeOff.objects.create(doctor=doctor, **before)
    TimeOff.objects.create(doctor=doctor, starts_at=at("12:00"), ends_at=at("12:45"))
    other = {"starts_at": at("14:00"), "ends_at": at("15:00")}
    TimeOff.objects.create(doctor=doctor, cancelled_at=NOW, **other)
    TimeOff.objects.create(doctor=DoctorFactory(), **other)
    booked = book_at(doctor, "10:00")

    shown = tiles(as_doctor.get(URL))

    away = [time for time, tile in shown.items() if tile.text == "Away"]
    assert away[-3:] == ["09:00", "12:00", "12:30"]
    assert {shown[time].kind for time in away} == {"busy"}
    assert shown["10:00"].url.endswith(f"/{booked.pk}/")
    assert (shown["09:30"].kind, shown["14:00"].kind) == ("box", "box")
