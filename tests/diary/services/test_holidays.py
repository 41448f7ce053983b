"""Public holidays are proposed; a confirmed one closes the office (B03)."""

from datetime import date

import pytest
import time_machine

from portal.diary.queries.hours_page import conflicts
from portal.diary.queries.public_holidays import countries, public_holidays, regions
from portal.diary.services import holidays, hours_slots
from portal.enums import HolidayState, SlotState
from portal.errors import Forbidden, PortalError, StaleState, TooLate
from portal.models import AuditEvent, ClinicSettings, Holiday, Office, Slot
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    OfficeFactory,
    PatientFactory,
)
from tests.setups.diary import NOW, at, times
from tests.setups.weekly import WEDNESDAY, give

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday_noon")]
CONFIRMED, IGNORED = HolidayState.CONFIRMED, HolidayState.IGNORED


@pytest.fixture(autouse=True)
def fortnight(tuesday_noon, db):
    return ClinicSettings.objects.create(pk=1, horizon_days=14)


@pytest.fixture
def admin(db):
    return AdminFactory()


@pytest.fixture
def office(doctor) -> Office:
    return doctor.office


def holiday(office, day: date = WEDNESDAY, state=HolidayState.PROPOSED) -> Holiday:
    return Holiday.objects.create(office=office, day=day, name="Feast", state=state)


def decide(office, *rows: Holiday, state=CONFIRMED, by):
    """Look at it, then confirm it."""
    values = {"holidays": [row.pk for row in rows], "state": state, "by": by}
    seen = holidays.decide(office, confirmed=None, **values)
    return holidays.decide(office, confirmed=seen.digest, **values)


def close(office, day: date = WEDNESDAY, name: str = "Moving house", *, by):
    seen = holidays.close(office, day=day, name=name, confirmed=None, by=by)
    return holidays.close(office, day=day, name=name, confirmed=seen.digest, by=by)


def test_B03_a_place_proposes_its_holidays_for_eighteen_months(office, admin):
    made = holidays.set_place(office, country="ES", region="MD", by=admin)

    days = dict(office.holidays.values_list("day", "name"))
    assert len(days) == made
    assert days[date(2026, 4, 3)] == "Good Friday"
    assert date(2026, 5, 2) in days, "that of Madrid"
    assert date(2026, 1, 6) not in days, "it has passed"
    assert date(2027, 1, 6) in days
    assert max(days) <= date(2027, 9, 2)
    assert set(office.holidays.values_list("state", flat=True)) == {HolidayState.PROPOSED}


def test_B03_a_proposal_alone_closes_nothing(doctor, office):
    holiday(office)

    give(doctor, "09:00–09:30")

    assert times(doctor) == ["04 09:00", "11 09:00"]


def test_B03_a_confirmed_holiday_removes_free_times_and_keeps_booked_ones(doctor, office, admin):
    give(doctor, "09:00–10:00")
    slot = doctor.slots.get(starts_at=at("09:30"))
    Slot.objects.filter(pk=slot.pk).update(state=SlotState.TAKEN)
    appointment = AppointmentFactory(
        doctor=doctor, slot=slot, starts_at=slot.starts_at, ends_at=slot.ends_at
    )

    decided = decide(office, holiday(office), by=admin)

    assert (decided.days, decided.removed, decided.kept) == ([WEDNESDAY], 1, 1)
    assert times(doctor) == ["11 09:00", "11 09:30"]
    assert conflicts(doctor, doctor.user) == [appointment]
    assert hours_slots.keep_made() == 0


def test_B03_open_as_usual_brings_the_times_back(doctor, office, admin):
    give(doctor, "09:00–09:30")
    feast = holiday(office)
    decide(office, feast, by=admin)

    decided = decide(office, feast, state=IGNORED, by=admin)

    assert decided.added == 1
    assert times(doctor) == ["04 09:00", "11 09:00"]


def test_B03_no_slots_are_made_on_a_confirmed_holiday_at_that_office_alone(doctor, office, admin):
    decide(office, holiday(office), by=admin)
    elsewhere = OfficeFactory()

    give(doctor, "09:00–09:30")
    give(doctor, "15:00–15:30", office=elsewhere)

    assert times(doctor) == ["04 15:00", "11 09:00", "11 15:00"]


def test_B03_a_holiday_closes_the_diaries_of_all_who_work_there(doctor, office, admin):
    colleague, elsewhere = DoctorFactory(office=office), DoctorFactory()
    for one in (doctor, colleague, elsewhere):
        give(one, "09:00–09:30")

    decided = decide(office, holiday(office), by=admin)

    assert decided.removed == 2
    assert [times(one)[0] for one in (doctor, colleague, elsewhere)] == [
        "11 09:00",
        "11 09:00",
        "04 09:00",
    ]


def test_B03_an_office_adds_closing_days_of_its_own(doctor, office, admin):
    give(doctor, "09:00–09:30")

    close(office, name="Moving house", by=admin)

    assert times(doctor) == ["11 09:00"]
    with pytest.raises(PortalError, match="on the list already") as refusal:
        close(office, name="Again", by=admin)
    assert refusal.value.field == "day"


@pytest.mark.parametrize(
    ("day", "error"), [(date(2026, 3, 2), TooLate), (date(2027, 12, 1), PortalError)]
)
def test_B03_closing_days_are_ahead_and_not_far(office, admin, day, error):
    with pytest.raises(error) as refusal:
        close(office, day, name="Too far", by=admin)

    assert refusal.value.field == "day"
    assert Holiday.objects.count() == 0


def test_B03_what_was_decided_is_not_decided_again(office, admin):
    feast = holiday(office)
    decide(office, feast, by=admin)

    with pytest.raises(StaleState):
        decide(office, feast, by=admin)
    with pytest.raises(StaleState):
        decide(OfficeFactory(), feast, state=IGNORED, by=admin)


def test_B03_another_place_replaces_open_proposals_only(office, admin):
    holidays.set_place(office, country="ES", region="MD", by=admin)
    kept = office.holidays.get(day=date(2026, 5, 2))
    decide(office, kept, by=admin)

    holidays.set_place(office, country="GB", region="ENG", by=admin)

    days = dict(office.holidays.values_list("day", "state"))
    assert days[date(2026, 5, 2)] == CONFIRMED
    assert date(2026, 5, 4) in days, "the bank holiday"
    assert date(2026, 5, 1) not in days, "that was Spain's"
    holidays.set_place(office, country="", region="", by=admin)
    assert list(office.holidays.values_list("day", flat=True)) == [date(2026, 5, 2)]


@pytest.mark.parametrize(
    ("country", "region", "field"), [("XX", "", "country"), ("ES", "BY", "region")]
)
def test_B03_unknown_places_are_refused(office, admin, country, region, field):
    with pytest.raises(PortalError) as refusal:
        holidays.set_place(office, country=country, region=region, by=admin)

    assert refusal.value.field == field


def test_B03_the_job_proposes_what_comes_and_twice_changes_nothing(office, admin):
    holidays.set_place(office, country="ES", region="MD", by=admin)
    Holiday.objects.filter(day=date(2026, 4, 3)).update(state=IGNORED)
    later = NOW.replace(month=9)

    with time_machine.travel(later, tick=False):
        made = holidays.propose()
        rows = list(Holiday.objects.values())
        assert holidays.propose() == 0

    assert made > 0
    assert list(Holiday.objects.values()) == rows
    assert Holiday.objects.get(day=date(2026, 4, 3)).state == IGNORED
    assert Holiday.objects.filter(day__year=2028).exists()


def test_B03_who_runs_the_office_decides(doctor, office):
    feast, another = holiday(office), holiday(office, date(2026, 3, 11))

    decide(office, feast, by=AssistantFactory(offices=[office]).user)
    decide(office, another, by=AssistantFactory(all_offices=True).user)

    others = (
        doctor.user,
        PatientFactory().user,
        AssistantFactory(offices=[OfficeFactory()]).user,
    )
    for user in others:
        with pytest.raises(Forbidden):
            decide(office, feast, state=IGNORED, by=user)
        with pytest.raises(Forbidden):
            holidays.set_place(office, country="ES", region="", by=user)
        with pytest.raises(Forbidden):
            close(office, name="No", by=user)


def test_B03_decisions_are_on_the_trail(office, admin):
    decide(office, holiday(office), by=admin)

    event = AuditEvent.objects.get()
    assert (event.verb, event.object_type, event.object_id) == (
        "holiday_confirmed",
        "office",
        office.pk,
    )
    assert event.changes["days"] == ["2026-03-04"]


def test_every_country_and_region_answers():
    """Whatever an admin chooses, the page does not fail."""
    first, last = date(2026, 3, 3), date(2027, 9, 2)
    quiet = [code for code, _name in countries() if not public_holidays(code, "", first, last)]

    assert len(countries()) > 200
    assert dict(countries())["GB"] == "United Kingdom"
    assert ("MD", "Madrid") in regions("ES")
    assert len(quiet) < 20, quiet
    assert public_holidays("ES", "XX", first, last) == {}
    for country in ("ES", "GB", "US", "IN", "CH", "AU"):
        for region, _name in regions(country):
            assert public_holidays(country, region, first, last), (country, region)


def test_B03_a_holiday_locks_the_slots_of_all_diaries_before_it_changes_one(doctor, office, admin):
    """The second doctor's are the older rows, so diary by diary would leave the order of ids."""
    colleague = DoctorFactory(office=office)
    give(colleague, "09:00–09:30")
    give(doctor, "09:00–09:30")

    decided = decide(office, holiday(office), by=admin)

    assert decided.removed == 2
