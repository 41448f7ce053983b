"""What the pages of a diary do in a real browser: dragging, Shift, All and None, removing a row."""

import pytest
from playwright.sync_api import expect

from portal.enums import SlotState
from tests.servers.client import signed_in_cookies
from tests.setups.diary import book_at, close_day, set_range, slot_at, times

DAY_URL = "/schedule/2026-03-04/"


@pytest.fixture
def diary(page, live_server, doctor):
    """A page signed in as the doctor."""
    cookies = signed_in_cookies(doctor.user)
    page.context.add_cookies(
        [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]
    )
    return page


def box(page, time: str):
    return page.get_by_label(f"Wednesday 4 March, {time}, free")


def tile(page, time: str):
    return page.locator("label.half-hour", has=box(page, time))


def ticked(page) -> list[str]:
    names = page.locator("#day-form input[type=checkbox]:checked").evaluate_all(
        "boxes => boxes.map(box => box.getAttribute('aria-label'))"
    )
    return [name.split(", ")[1] for name in names]


def drag(page, *stops: str) -> None:
    tile(page, stops[0]).hover()
    page.mouse.down()
    for stop in stops[1:]:
        tile(page, stop).hover()
    page.mouse.up()


def test_dragging_ticks_a_stretch_and_saves_it(diary, doctor):
    diary.goto(DAY_URL)

    drag(diary, "09:00", "10:30")
    expect(diary.get_by_text("Changes are not saved yet")).to_be_visible()
    diary.get_by_role("button", name="Save this day").click()

    expect(diary.get_by_text("4 times added.")).to_be_visible()
    assert times(doctor) == ["04 09:00", "04 09:30", "04 10:00", "04 10:30"]


def test_dragging_back_leaves_what_it_passed_as_it_was(diary, doctor):
    diary.goto(DAY_URL)

    drag(diary, "09:00", "11:00", "09:30")
    assert ticked(diary) == ["09:00", "09:30"]
    drag(diary, "15:00", "16:00", "15:00")

    assert ticked(diary) == ["09:00", "09:30", "15:00"]


def test_a_shift_click_ticks_all_between(diary, doctor):
    diary.goto(DAY_URL)

    box(diary, "09:00").click()
    tile(diary, "10:30").click(modifiers=["Shift"], position={"x": 20, "y": 20})

    assert ticked(diary) == ["09:00", "09:30", "10:00", "10:30"]


def test_single_clicks_and_the_space_key_tick_one(diary, doctor):
    diary.goto(DAY_URL)

    tile(diary, "09:00").click(position={"x": 20, "y": 20})
    box(diary, "10:00").focus()
    diary.keyboard.press("Space")

    assert ticked(diary) == ["09:00", "10:00"]


def test_all_and_none_of_a_part_leave_booked_times(diary, doctor):
    book_at(doctor, "09:30")
    diary.goto(DAY_URL)

    diary.get_by_role("button", name="All: Morning").click()
    morning = ticked(diary)
    diary.get_by_role("button", name="None: Morning").click()

    assert morning == ["09:00", "10:00", "10:30", "11:00", "11:30"]
    assert ticked(diary) == []


def stretch(page, first: str, last: str, button: str = "Make free") -> None:
    page.get_by_label("From").fill(first)
    page.get_by_label("To").fill(last)
    page.get_by_role("button", name=button, exact=True).click()


def test_a_stretch_is_ticked_beside_what_is_ticked_and_saved_with_it(diary, doctor):
    slot_at(doctor, "17:00")
    book_at(doctor, "09:30")
    diary.goto(DAY_URL)
    box(diary, "15:00").check()
    box(diary, "17:00").uncheck()

    stretch(diary, "09:00", "11:00")
    assert ticked(diary) == ["09:00", "10:00", "10:30", "15:00"]
    expect(diary.get_by_text("Changes are not saved yet")).to_be_visible()
    stretch(diary, "09:00", "09:30", "Make not free")
    assert doctor.slots.live().count() == 2, "nothing is saved yet"
    diary.get_by_role("button", name="Save this day").click()

    expect(diary.get_by_text("3 times added, 1 removed.")).to_be_visible()
    assert times(doctor) == ["04 10:00", "04 10:30", "04 15:00"]


def test_a_stretch_refused_leaves_the_ticks_for_the_next_try(diary, doctor, quiet_console):
    quiet_console.allow("422")
    diary.goto(DAY_URL)
    box(diary, "15:00").check()

    stretch(diary, "11:00", "10:00")
    expect(diary.get_by_text("The end must be after the start.")).to_be_visible()
    expect(diary.get_by_text("Changes are not saved yet")).to_be_visible()
    stretch(diary, "10:00", "10:30")
    diary.get_by_role("button", name="Save this day").click()

    expect(diary.get_by_text("2 times added.")).to_be_visible()
    assert times(doctor) == ["04 10:00", "04 15:00"]


def test_leaving_with_ticks_that_are_not_saved_asks_first(diary, doctor):
    asked = []
    diary.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    diary.goto(DAY_URL)

    box(diary, "15:00").check()
    diary.locator("a[rel=next]").click(no_wait_after=True)
    expect(diary.get_by_role("heading", level=1)).to_contain_text("Wednesday 4 March")
    diary.wait_for_timeout(200)

    assert asked == ["beforeunload"]
    assert ticked(diary) == ["15:00"]
    diary.get_by_role("button", name="Save this day").click()
    expect(diary.get_by_text("1 time added.")).to_be_visible()
    diary.locator("a[rel=next]").click()
    expect(diary.get_by_role("heading", level=1)).to_contain_text("Thursday 5 March")
    assert asked == ["beforeunload"]


def test_a_slot_is_removed_in_its_row(diary, doctor):
    slot = slot_at(doctor, "09:00")
    slot_at(doctor, "10:00")
    diary.goto("/schedule/slots/")

    diary.get_by_role("button", name="Remove Wednesday 4 March 2026, 09:00–09:30").click()

    removed = diary.locator(".state-withdrawn")
    expect(removed).to_have_text("Removed")
    expect(removed).to_be_focused()
    slot.refresh_from_db()
    assert slot.state == SlotState.WITHDRAWN


def test_a_slot_that_was_booked_meanwhile_shows_so_in_its_row(diary, doctor, quiet_console):
    quiet_console.allow("409")
    slot = slot_at(doctor, "09:00")
    diary.goto("/schedule/slots/")
    slot.state = SlotState.TAKEN
    slot.save()

    diary.get_by_role("button", name="Remove").click()

    expect(diary.get_by_text("booked in the meantime")).to_be_visible()
    expect(diary.locator(".state-taken")).to_be_focused()


def test_a_day_is_declared_without_scripts(diary, new_context, doctor):
    context = new_context(java_script_enabled=False)
    context.add_cookies(diary.context.cookies())
    page = context.new_page()
    page.goto(DAY_URL)

    page.get_by_label("From").fill("09:00")
    page.get_by_label("To").fill("10:00")
    page.get_by_role("button", name="Make free").click()
    expect(page.get_by_text("Changes are not saved yet")).to_be_visible()
    box(page, "15:00").check()
    box(page, "09:30").uncheck()
    page.get_by_role("button", name="Save this day").click()

    expect(page.get_by_text("2 times added.")).to_be_visible()
    expect(page.get_by_role("button", name="All: Morning")).to_have_count(0)
    assert times(doctor) == ["04 09:00", "04 15:00"]


@pytest.mark.parametrize("path", [DAY_URL, "/schedule/2026-03-03/", "/schedule/?day=2099-01-01"])
def test_pages_of_a_diary_are_accessible(diary, doctor, canary, axe_clean, path):
    set_range(doctor, "09:00", "11:00")
    slot_at(doctor, "16:00", office=canary)
    book_at(doctor, "12:00")

    diary.goto(path)

    axe_clean(diary)


def test_a_refused_range_and_a_finished_copy_are_accessible(
    diary, doctor, axe_clean, quiet_console
):
    quiet_console.allow("422")
    set_range(doctor, "09:00", "11:00")
    diary.goto(DAY_URL)

    diary.get_by_label("From").fill("12:00")
    diary.get_by_label("To").fill("10:00")
    diary.get_by_role("button", name="Make free").click()
    expect(diary.get_by_text("The end must be after the start.")).to_be_visible()
    axe_clean(diary)
    diary.goto(DAY_URL)
    diary.get_by_role("link", name="Copy to other days").click()
    diary.get_by_text("Every Wednesday for 4 weeks").click()
    diary.get_by_role("button", name="See what this changes").click()
    expect(diary.get_by_role("heading", level=1)).to_have_text("What this changes")
    axe_clean(diary)
    diary.get_by_role("button", name="Copy to these days").click()

    expect(diary.get_by_text("was copied to 4 days")).to_be_visible()
    axe_clean(diary)
    diary.get_by_role("button", name="Undo all of it").click()
    expect(diary.get_by_text("Undone. 16 times removed.")).to_be_visible()
    axe_clean(diary)


def test_a_closed_day_is_accessible(diary, doctor, axe_clean):
    close_day(doctor.office)

    diary.goto(DAY_URL)
    expect(diary.get_by_text("The office is closed on this day: Feast.")).to_be_visible()

    axe_clean(diary)
