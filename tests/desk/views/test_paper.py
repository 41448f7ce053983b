"""/desk/paper/: the day on paper, one sheet a doctor (requirement B21)."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.enums import AppointmentState, SlotState
from tests.desk.views.conftest import at, free_at
from tests.factories import (
    AssistantFactory,
    DoctorFactory,
    OfferFactory,
    OfficeFactory,
    PatientFactory,
)
from tests.plugins.people import signed_in

URL = reverse("desk-paper")
TODAY = {"day": "2026-03-04"}


def sheets(response) -> list:
    return response.context["sheets"]


@pytest.mark.parametrize("who", ["as_patient", "as_doctor"])
def test_patients_and_doctors_are_refused(request, who):
    assert request.getfixturevalue(who).get(URL).status_code == 403


def test_B21_tomorrow_unless_the_address_says_another_day(as_assistant, doctor, noon):
    tomorrow = at(doctor, 15)
    tomorrow.starts_at += timedelta(days=1)
    tomorrow.ends_at += timedelta(days=1)
    tomorrow.save()

    page = as_assistant.get(URL)

    assert sheets(page)[0].day == "Thursday 5 March 2026"
    assert tomorrow.patient.name in page.content.decode()
    assert sheets(as_assistant.get(URL, TODAY)) == []


def test_B21_the_day_on_the_screen_is_printed_and_tomorrow_has_its_own_button(
    as_assistant, doctor, noon
):
    query = f"&doctor={doctor.pk}".replace("&", "&amp;")

    today = as_assistant.get(reverse("desk"), {"doctor": doctor.pk}).content.decode()
    other = as_assistant.get(reverse("desk"), {"day": "2026-03-10"}).content.decode()

    assert f'href="{URL}?day=2026-03-04{query}"' in today
    assert f'href="{URL}?day=2026-03-05{query}"' in today
    assert "Tomorrow on paper" in today
    assert f'href="{URL}?day=2026-03-10"' in other
    assert "Tomorrow on paper" not in other


def test_B21_paper_says_who_has_died(as_assistant, doctor, noon):
    at(doctor, 15, patient=PatientFactory(deceased_on=date(2026, 2, 20)))
    at(doctor, 16)

    response = as_assistant.get(URL, TODAY)

    [sheet] = sheets(response)
    assert [line.mark for line in sheet.lines] == [" (deceased)", ""]
    assert "</bdi> (deceased)" in response.content.decode()


def test_B21_who_is_seen_by_video_does_not_come(as_assistant, doctor, noon):
    at(doctor, 15, reason="Knee pain", mode="video")
    at(doctor, 16, mode="video")

    [sheet] = sheets(as_assistant.get(URL, TODAY))

    assert [line.reason for line in sheet.lines] == ["By video · Knee pain", "By video"]


def test_B21_a_sheet_names_its_zone_where_zones_differ(doctor, noon):
    canary = DoctorFactory(office=OfficeFactory(time_zone="Atlantic/Canary"))
    client = signed_in(AssistantFactory(offices=[doctor.office, canary.office]).user)
    at(doctor, 15)
    alone = sheets(client.get(URL, TODAY))
    at(canary, 15)

    assert [sheet.zone for sheet in alone] == [""]
    assert {sheet.zone for sheet in sheets(client.get(URL, TODAY))} == {
        "Madrid time",
        "Canary time",
    }


def test_B21_each_slot_is_a_line_and_free_ones_are_blank(as_assistant, doctor, noon):
    held = at(doctor, 15, reason="Knee pain")
    free_at(doctor, 9)
    offered = free_at(doctor, 16, state=SlotState.OFFERED)
    OfferFactory(slot=offered)
    at(doctor, 17, state=AppointmentState.CANCELLED)  # its slot is free again

    response = as_assistant.get(URL, TODAY)

    lines = sheets(response)[0].lines
    assert [(line.time, line.patient, line.mark) for line in lines] == [
        ("09:00", "", ""),
        ("15:00", held.patient.name, ""),
        ("16:00", "", "on offer"),
        ("17:00", "", ""),
    ]
    page = response.content.decode()
    for text in ("17 May 1980", str(held.patient.phone), "Knee pain"):
        assert text in page
    assert page.count("paper-box") == 4 + 4  # the slots, and the lines for walk-ins


def test_requests_hold_no_line(as_assistant, doctor, noon):
    request = at(doctor, 15, state=AppointmentState.REQUESTED)

    assert request.patient.name not in as_assistant.get(URL, TODAY).content.decode()


def test_B21_a_sheet_says_when_it_was_printed_by_the_offices_clock(db, noon):
    canary = DoctorFactory(office=OfficeFactory(time_zone="Atlantic/Canary"))
    client = signed_in(AssistantFactory(offices=[canary.office]).user)
    at(canary, 15)

    page = client.get(URL, TODAY).content.decode()

    assert "Printed Wednesday 4 March 2026, 11:00, Canary time" in page


def test_a_sheet_for_each_doctor_and_office(doctor, noon):
    second = OfficeFactory()
    colleague = DoctorFactory(office=doctor.office, name="Dr Ana Alba")
    client = signed_in(AssistantFactory(offices=[doctor.office, second]).user)
    at(colleague, 15)
    at(doctor, 9)
    free_at(doctor, 15, office=second)

    both = sheets(client.get(URL, TODAY))
    one = sheets(client.get(URL, {**TODAY, "doctor": doctor.pk}))
    here = sheets(client.get(URL, {**TODAY, "office": second.pk}))

    assert [sheet.doctor for sheet in both] == ["Dr Ana Alba", doctor.name, doctor.name]
    assert [sheet.doctor for sheet in one] == [doctor.name, doctor.name]
    assert [(sheet.doctor, sheet.office) for sheet in here] == [(doctor.name, second.name)]


def test_other_offices_days_are_not_printed(as_assistant, noon):
    foreign = at(DoctorFactory(), 15)

    for query in ({}, {"office": foreign.office_id}, {"doctor": foreign.doctor_id}):
        assert sheets(as_assistant.get(URL, {**TODAY, **query})) == []


def test_an_assistant_without_offices_gets_an_empty_page(db):
    client = signed_in(AssistantFactory().user)

    assert "Nobody works on this day" in client.get(URL).content.decode()


@pytest.mark.parametrize("query", [{"day": "soon"}, {"office": "x"}, {"doctor": "9" * 30}])
def test_nonsense_in_the_address_is_ignored(as_assistant, query):
    assert as_assistant.get(URL, query).status_code == 200


def test_queries_do_not_grow(as_assistant, noon):
    office = as_assistant.user.assistant.offices.get()
    counts = []
    for doctors in (1, 5):
        for _number in range(doctors):
            doctor = DoctorFactory(office=office)
            at(doctor, 15)
            free_at(doctor, 16)
        as_assistant.get(URL, TODAY)
        with CaptureQueriesContext(connection) as captured:
            as_assistant.get(URL, TODAY)
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 12


def test_only_reading(as_assistant):
    assert as_assistant.post(URL).status_code == 405
