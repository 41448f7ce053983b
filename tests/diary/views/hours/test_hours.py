"""/schedule/hours/: the usual week, and changing it (requirement B03)."""

import re
from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.diary.services import hours
from portal.enums import SlotState
from portal.models import AuditEvent, HoursException, Slot, WeeklyHours
from tests.diary.views.schedule.test_day import messages
from tests.factories import (
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    OfficeFactory,
    PatientFactory,
)
from tests.plugins.people import signed_in
from tests.setups.diary import at, slot_at, times
from tests.setups.weekly import TODAY, WEDNESDAY, confirmed, give, set_exception

URL = "/schedule/hours/"
NEW = "/schedule/hours/new/"
EXCEPTION = "/schedule/hours/exceptions/"


def typed(doctor, **values) -> dict:
    return {
        "office": doctor.office_id,
        "weekdays": ["2"],
        "starts": "09:00",
        "ends": "10:00",
        "minutes": "30",
        "every_weeks": "1",
        "audience": "public",
        "valid_from": TODAY.isoformat(),
        "valid_until": "",
    } | values


def digest(response) -> str:
    return re.search(r'name="confirmed" value="([0-9a-f]+)"', response.content.decode())[1]


def confirm(client, url: str, data: dict):
    """Look at the preview and confirm it with what it carries along."""
    preview = client.post(url, data)
    assert preview.status_code == 200, preview.content.decode()
    return client.post(url, data | {"confirmed": digest(preview)}, follow=True)


def booked(doctor, text: str):
    slot = doctor.slots.get(starts_at=at(text))
    Slot.objects.filter(pk=slot.pk).update(state=SlotState.TAKEN)
    return AppointmentFactory(
        doctor=doctor, slot=slot, starts_at=slot.starts_at, ends_at=slot.ends_at
    )


def test_B03_the_week_is_shown_by_day(as_doctor, doctor):
    give(doctor, "09:00–13:00", "15:00–00:00", every_weeks=2, audience="desk")

    page = as_doctor.get(URL).content.decode()

    assert page.index("Monday") < page.index("09:00–13:00") < page.index("15:00–24:00")
    assert "Every second week, next on 4 March" in page
    assert "The desk only" in page
    assert page.count("No hours") == 6
    assert "6:30 hours a week" in page


def test_B03_a_doctor_without_hours_is_led_on(as_doctor):
    page = as_doctor.get(URL).content.decode()

    assert "No weekly hours yet" in page
    assert "Add an exception" not in page


def test_B03_hours_for_several_days_are_previewed_then_confirmed(as_doctor, doctor):
    data = typed(doctor, weekdays=["2", "3"])

    preview = as_doctor.post(NEW, data)

    text = preview.content.decode()
    assert "+8" in text
    assert "09:00–10:00" in text
    assert WeeklyHours.objects.count() == Slot.objects.count() == AuditEvent.objects.count() == 0
    assert [(name, value) for name, value in preview.context["values"] if name == "weekdays"] == [
        ("weekdays", "2"),
        ("weekdays", "3"),
    ]

    response = as_doctor.post(NEW, data | {"confirmed": digest(preview)}, follow=True)

    assert response.redirect_chain == [(URL, 302)]
    assert messages(response) == ["8 times added."]
    assert times(doctor)[:4] == ["04 09:00", "04 09:30", "05 09:00", "05 09:30"]


def test_B03_edit_leads_back_to_what_was_typed(as_doctor, doctor):
    page = as_doctor.post(NEW, typed(doctor, minutes="17", edit="1"))

    assert page.status_code == 200
    assert 'value="17"' in page.content.decode()
    assert "error-summary" not in page.content.decode()
    assert WeeklyHours.objects.count() == 0


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"weekdays": []}, "weekdays", "at least one day"),
        ({"weekdays": ["9"]}, "weekdays", "valid"),
        ({"starts": "x"}, "starts", "Enter a time"),
        ({"ends": ""}, "ends", "Enter a time"),
        ({"ends": "08:00"}, "ends", "after the start"),
        ({"minutes": "90"}, "minutes", "Not one slot"),
        ({"minutes": "1"}, "minutes", "greater than or equal to 5"),
        ({"every_weeks": "3"}, "every_weeks", "valid"),
        ({"audience": "nobody"}, "audience", "valid"),
        ({"office": "0"}, "office", "Choose an office"),
        ({"valid_from": "9999-12-31"}, "valid_from", "Enter a date"),
        ({"valid_from": "no"}, "valid_from", "Enter a date"),
        ({"valid_until": "2026-03-01"}, "valid_until", "before the first"),
        ({"starts": "09:30\x00"}, "starts", "Enter a time"),
    ],
)
def test_B03_what_makes_no_sense_is_said_beside_its_field(as_doctor, doctor, values, field, said):
    response = as_doctor.post(NEW, typed(doctor, **values))

    assert response.status_code == 422
    assert said in str(response.context["form"].errors[field])
    assert WeeklyHours.objects.count() == 0


def test_B03_hours_that_overlap_others_are_refused(as_doctor, doctor):
    give(doctor, "09:00–10:00")

    response = as_doctor.post(NEW, typed(doctor, starts="09:30"))

    assert response.status_code == 409
    assert "Wednesday 09:00–10:00" in str(response.context["form"].errors["starts"])


def test_B03_what_changed_since_the_preview_is_shown_again(as_doctor, doctor):
    preview = as_doctor.post(NEW, typed(doctor))
    slot_at(doctor, "09:30")

    response = as_doctor.post(NEW, typed(doctor, confirmed=digest(preview)))

    assert response.status_code == 409
    assert "has changed since" in response.content.decode()
    assert WeeklyHours.objects.count() == 0
    assert as_doctor.post(NEW, typed(doctor, confirmed=digest(response))).status_code == 302


def test_B03_a_change_lists_what_is_booked_outside_with_ways_out(as_doctor, doctor):
    (block,) = give(doctor, "09:00–10:00")
    appointment = booked(doctor, "09:30")
    url = f"{URL}{block.pk}/"
    data = typed(doctor, weekday="2", ends="09:30", first_day=TODAY.isoformat())

    preview = as_doctor.post(url, data).content.decode()
    response = confirm(as_doctor, url, data)

    page = response.content.decode()
    for text in (preview, page):
        assert appointment.patient.name in text
        for way in ("reschedule", "transfer", "cancel"):
            assert f"/appointments/{appointment.pk}/{way}/" in text
    assert "1 booked time is outside the hours" in page
    assert messages(response) == ["1 removed, 1 booked time is outside the hours now."]
    assert times(doctor) == ["04 09:00", "11 09:00"]


def test_B03_the_form_of_a_change_shows_the_hours_as_they_are(as_doctor, doctor):
    (block,) = give(doctor, "09:00–10:00", minutes=20)

    page = as_doctor.get(f"{URL}{block.pk}/").content.decode()

    assert 'value="09:00"' in page
    assert 'value="20"' in page
    assert 'value="2026-03-03"' in page


def test_B03_hours_are_ended(as_doctor, doctor):
    (block,) = give(doctor, "09:00–10:00")
    url = f"{URL}{block.pk}/end/"
    assert as_doctor.get(url).status_code == 200

    response = confirm(as_doctor, url, {"last_day": WEDNESDAY.isoformat()})

    assert messages(response) == ["2 removed."]
    assert "until 4 March 2026" in response.content.decode()
    past = as_doctor.post(url, {"last_day": "2026-03-01"})
    assert (past.status_code, "last_day" in past.context["form"].errors) == (422, True)
    confirm(as_doctor, url, {"last_day": "2026-03-02"})
    assert as_doctor.get(url).status_code == 404


def test_B03_exceptions_are_added_and_taken_back(as_doctor, doctor):
    give(doctor, "09:00–10:00")
    data = {"office": doctor.office_id, "day": WEDNESDAY.isoformat(), "kind": "other"}
    data |= {"starts_1": "11:00", "ends_1": "12:00"}

    page = confirm(as_doctor, EXCEPTION, data).content.decode()
    assert "11:00–12:00" in page
    assert times(doctor)[:2] == ["04 11:00", "04 11:30"]

    confirm(as_doctor, f"{EXCEPTION}2026-03-04/drop/?office={doctor.office_id}", {})
    assert HoursException.objects.count() == 0
    assert times(doctor)[:2] == ["04 09:00", "04 09:30"]
    gone = as_doctor.post(f"{EXCEPTION}2026-03-04/drop/?office={doctor.office_id}")
    assert (gone.status_code, gone.url) == (302, URL)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": ""}, "kind"),
        ({"day": "2026-03-01"}, "day"),
        ({"kind": "other"}, "starts_1"),
        ({"kind": "other", "starts_1": "09:00"}, "ends_1"),
        ({"kind": "other", "starts_1": "09:00", "ends_1": "08:00"}, "__all__"),
        ({"office": "77"}, "office"),
    ],
)
def test_B03_exceptions_that_make_no_sense_are_refused(as_doctor, doctor, values, field):
    give(doctor, "09:00–10:00")
    data = {"office": doctor.office_id, "day": WEDNESDAY.isoformat(), "kind": "none"} | values

    response = as_doctor.post(EXCEPTION, data)

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert HoursException.objects.count() == 0


def test_B03_the_desk_acts_for_the_doctors_of_its_office(doctor):
    desk = signed_in(AssistantFactory(offices=[doctor.office]).user)
    elsewhere = DoctorFactory()

    chosen = desk.get(URL).content.decode()
    assert doctor.name in chosen
    assert elsewhere.name not in chosen
    response = confirm(desk, f"{NEW}?doctor={doctor.pk}", typed(doctor))

    assert response.redirect_chain == [(f"{URL}?doctor={doctor.pk}", 302)]
    assert times(doctor)[0] == "04 09:00"
    assert f"/manage/offices/{doctor.office_id}/holidays/" in response.content.decode()
    assert desk.get(f"{URL}?doctor={elsewhere.pk}").status_code == 403
    assert desk.post(f"{NEW}?doctor={elsewhere.pk}", typed(doctor)).status_code == 403


def test_B03_an_assistant_adds_hours_only_at_the_offices_they_run(doctor):
    desk = signed_in(AssistantFactory(offices=[doctor.office]).user)

    response = desk.post(f"{NEW}?doctor={doctor.pk}", typed(doctor, office=OfficeFactory().pk))

    assert response.status_code == 422
    assert "office" in response.context["form"].errors


def test_B03_other_people_have_no_part_in_it(as_doctor, doctor):
    (foreign,) = give(DoctorFactory(), "09:00–10:00")

    assert as_doctor.get(f"{URL}{foreign.pk}/").status_code == 404
    assert as_doctor.post(f"{URL}{foreign.pk}/end/", {"last_day": "2026-03-04"}).status_code == 404
    assert signed_in(PatientFactory().user).get(URL).status_code == 403


def test_B03_times_left_out_are_said(as_doctor, doctor):
    slot_at(doctor, "09:40")

    page = as_doctor.post(NEW, typed(doctor)).content.decode()

    assert "1 time is left out: another slot is there (Wed 4 Mar 09:30)." in page


def test_B03_the_pages_queries_do_not_grow(as_doctor, doctor):
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert as_doctor.get(URL).status_code == 200
        return len(queries)

    give(doctor, "09:00–10:00")
    (one,) = give(doctor, "12:00–12:30")
    booked(doctor, "12:00")
    set_exception(doctor, TODAY + timedelta(days=8))
    confirmed(hours.end, one, last_day=TODAY, by=doctor.user)
    few = count()
    for weekday in range(5):
        give(doctor, "15:00–16:00", weekday=weekday)
    for day in range(3, 7):
        set_exception(doctor, date(2026, 3, 10) + timedelta(days=day))
    blocks = give(doctor, "17:00–18:00")
    booked(doctor, "17:00")
    booked(doctor, "17:30")
    confirmed(
        hours.change, blocks[0], first_day=TODAY, starts=time(19), ends=time(20), by=doctor.user
    )

    assert count() == few
