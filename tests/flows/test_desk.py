"""The desk's day sheet: columns, quiet refresh, and the day on paper (B21)."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from portal.appointments.services import attendance, presence
from portal.enums import AppointmentState, SlotAudience
from tests.factories import (
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    OfficeFactory,
    SlotFactory,
    in_days,
)

MODES = [pytest.param(True, id="with-javascript"), pytest.param(False, id="without-javascript")]
ROUND = 16_000  # milliseconds: the sheet asks every fifteen seconds


@pytest.fixture
def office():
    """One where it is about noon, so that the day does not end meanwhile."""
    offset = 12 - timezone.now().hour
    return OfficeFactory(time_zone=f"Etc/GMT{-offset:+d}")  # these names count the other way round


@pytest.fixture
def doctor(office):
    return DoctorFactory(office=office)


@pytest.fixture
def desk(office):
    return AssistantFactory(offices=[office]).user


def soon(doctor, minutes: int = 90, **values):
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    starts_at = hour + timedelta(minutes=minutes)
    return AppointmentFactory(doctor=doctor, starts_at=starts_at, **values)


def open_sheet(page, path: str = "/desk/"):
    """Opens it with a clock that only goes on when it is told to."""
    page.clock.install()
    page.goto(path)
    page.evaluate("window.sameDocument = true")
    return page


def a_round(page, wanted: int = 304) -> int:
    """Lets the sheet ask; the status of the answer. One asked for before may come in first."""
    for _time in range(3):
        with page.expect_response(re.compile("/desk/")) as answer:
            page.clock.run_for(ROUND)
        answer.value.finished()
        if answer.value.status == wanted:
            break
    return answer.value.status


def asks_nothing(page) -> bool:
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(3 * ROUND)
    page.wait_for_timeout(0)
    return not [url for url in asked if "/desk/" in url]


@pytest.mark.parametrize("path", ["/desk/", "/desk/?view=columns"], ids=["list", "columns"])
def test_B21_a_sheet_shows_what_others_do_without_a_reload(path, office, doctor, desk, page_of):
    appointment = soon(doctor)
    name = appointment.patient.name
    sheet, other = open_sheet(page_of(desk), path), page_of(doctor.user)

    assert a_round(sheet) == 304
    expect(sheet.locator(f"#a{appointment.pk} .state").first).to_have_text("Confirmed")
    other.goto("/dashboard/")
    other.get_by_role("button", name=f"Arrived: {name}").click()
    expect(other.get_by_text("Waiting 0 minutes")).to_be_visible()
    assert a_round(sheet, wanted=200) == 200

    expect(sheet.get_by_text(re.compile("Waiting [01] minute"))).to_be_visible()
    expect(sheet.get_by_role("button", name=f"In the room: {name}")).to_be_visible()
    expect(sheet.get_by_text("Updated")).to_be_visible()
    sheet.clock.run_for(200)
    expect(sheet.locator("#desk-news")).to_have_text("The day sheet has changed.")
    assert sheet.evaluate("window.sameDocument === true")
    assert sheet.url.endswith(path)


def test_B21_nothing_is_announced_while_nothing_changes(office, doctor, desk, page_of):
    soon(doctor)
    page = open_sheet(page_of(desk))

    assert [a_round(page) for _time in range(3)] == [304, 304, 304]

    assert page.locator("#desk-news").inner_text() == ""


def test_B21_a_row_that_is_being_edited_is_left_alone(office, doctor, desk, page_of):
    appointment, colleague = soon(doctor), soon(DoctorFactory(office=office), 120)
    page = open_sheet(page_of(desk))
    more = page.locator(f"#a{appointment.pk} summary")

    more.click()
    presence.arrive(colleague, by=colleague.doctor.user)
    assert asks_nothing(page)
    expect(page.locator(f"#a{appointment.pk}").get_by_text("Cancel appointment")).to_be_visible()
    expect(page.locator(f"#a{colleague.pk} .state").first).to_have_text("Confirmed")

    more.click()
    assert a_round(page, wanted=200) == 200
    expect(page.locator(f"#a{colleague.pk} .state").first).to_have_text("Arrived")


def test_B21_typing_and_selected_text_are_left_alone(office, doctor, desk, page_of):
    appointment = soon(doctor)
    page = open_sheet(page_of(desk))

    page.get_by_label("Day", exact=True).focus()
    assert asks_nothing(page)
    page.evaluate("document.activeElement.blur()")
    page.locator(f"#a{appointment.pk} .person-ids").first.select_text()
    assert asks_nothing(page)
    page.evaluate("getSelection().removeAllRanges()")

    assert a_round(page) == 304


def test_B21_a_hidden_tab_asks_nothing(office, doctor, desk, page_of):
    soon(doctor)
    page = open_sheet(page_of(desk))
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {get: () => window.away, configurable: true})"
    )

    page.evaluate("window.away = true")
    assert asks_nothing(page)

    page.evaluate("window.away = false")
    assert a_round(page) == 304


def test_B21_focus_and_place_stay_when_rows_come_in(office, doctor, desk, page_of):
    late = [soon(doctor, 60 + 30 * number) for number in range(4)]
    page = open_sheet(page_of(desk))
    page.set_viewport_size({"width": 1280, "height": 500})
    button = page.get_by_role("button", name=f"Arrived: {late[-1].patient.name}")
    button.focus()
    button.scroll_into_view_if_needed()
    before = button.bounding_box()["y"]

    early = soon(DoctorFactory(office=office), 60)
    assert a_round(page, wanted=200) == 200

    expect(page.locator(f"#a{early.pk}")).to_be_attached()
    expect(button).to_be_focused()
    assert abs(button.bounding_box()["y"] - before) <= 1


def test_B21_scrolled_columns_stay_where_they_are(office, desk, page_of):
    doctors = [DoctorFactory(office=office) for _number in range(7)]
    appointments = [soon(doctor) for doctor in doctors]
    page = open_sheet(page_of(desk), "/desk/?view=columns")
    region = page.get_by_role("region", name="Doctors in columns")
    region.focus()
    region.evaluate("it => { it.scrollLeft = 600 }")
    left = region.evaluate("it => it.scrollLeft")

    attendance.confirm(appointments[-1])
    assert a_round(page, wanted=200) == 200

    expect(page.get_by_text("Coming")).to_be_attached()
    assert left > 300
    assert region.evaluate("it => it.scrollLeft") == left
    expect(region).to_be_focused()


def test_B21_without_a_connection_the_sheet_says_that_it_is_old(
    office, doctor, desk, page_of, quiet_console
):
    quiet_console.allow("ERR_INTERNET_DISCONNECTED|htmx:(sendError|afterRequest)")
    soon(doctor)
    page = open_sheet(page_of(desk))

    page.context.set_offline(True)
    page.clock.run_for(ROUND)
    expect(page.get_by_text("No connection: not up to date")).to_be_visible()
    page.context.set_offline(False)
    assert a_round(page) == 304

    expect(page.get_by_text("No connection: not up to date")).to_be_hidden()


def test_B21_signed_out_meanwhile_the_sheet_leads_to_sign_in(office, doctor, desk, page_of):
    soon(doctor)
    page = open_sheet(page_of(desk))
    page.context.clear_cookies()

    page.clock.run_for(ROUND)

    expect(page).to_have_url(re.compile("/accounts/login/"))


@pytest.mark.parametrize("script", MODES)
def test_B21_the_day_in_columns(script, office, doctor, desk, page_of, look):
    appointment = soon(doctor, coming_at=timezone.now())
    soon(doctor, 120, state=AppointmentState.REQUESTED, answer_by=in_days(1))
    free = soon(doctor, 150, state=AppointmentState.CANCELLED).slot
    SlotFactory(
        doctor=doctor, starts_at=free.starts_at + timedelta(hours=1), audience=SlotAudience.DESK
    )
    page = page_of(desk, javascript=script)
    name = appointment.patient.name

    page.goto("/desk/")
    look(page)
    page.get_by_role("link", name="Doctors in columns").click()
    expect(page).to_have_url(re.compile("view=columns"))
    expect(page.get_by_role("heading", name=doctor.name)).to_be_visible()
    expect(page.get_by_text("Desk only")).to_be_visible()
    look(page)
    page.get_by_role("button", name=f"Arrived: {name}").click()
    expect(page.get_by_text(re.compile("Waiting [01] minute"))).to_be_visible()
    expect(page).to_have_url(re.compile("view=columns"))
    expect(page.get_by_role("form", name="Filters")).to_have_count(1)
    page.get_by_role("button", name=f"Undo: {name}").click()
    expect(page.get_by_role("button", name=f"Arrived: {name}")).to_be_visible()
    page.locator(f"#a{appointment.pk} summary").click()
    look(page)
    page.get_by_role("link", name=re.compile(f"^Book .*{doctor.name}")).first.click()

    expect(page).to_have_url(re.compile(r"/slots/\d+/book/"))
    expect(page.get_by_role("main")).to_contain_text(doctor.name)


@pytest.mark.parametrize("script", MODES)
def test_B21_a_sheet_of_paper_for_each_doctor(script, office, desk, page_of, look):
    """A full day fits on one page, and the lines for walk-ins with it."""
    for count in (1, 24, 46):
        doctor, minutes = DoctorFactory(office=office), timedelta(minutes=900 // count)
        for number in range(count):
            starts_at = in_days(1, 0) - _offset(office) + timedelta(hours=8) + number * minutes
            one = {"doctor": doctor, "starts_at": starts_at, "ends_at": starts_at + minutes}
            if number % 2:
                SlotFactory(**one)
            else:
                AppointmentFactory(reason="A reason that is rather long " * 3, **one)
    page = page_of(desk, javascript=script)
    page.goto("/desk/")
    page.get_by_role("link", name="Tomorrow on paper").click()
    day = (timezone.now().astimezone(office.zone) + timedelta(days=1)).date()
    expect(page).to_have_url(re.compile(f"day={day}"))

    expect(page.locator(".paper")).to_have_count(3)
    look(page)
    paper = page.pdf(prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 3
    assert re.search(rb"/MediaBox \[0 0 59[45][.\d]* 84[12]", paper), "A4"


def _offset(office) -> timedelta:
    return timezone.now().astimezone(office.zone).utcoffset()
