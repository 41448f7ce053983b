"""The front desk's day: which offices, which appointments, on whose calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from portal.appointments.queries.no_shows import no_shows
from portal.desk.queries.desk import (
    day_sheet,
    doctors_at,
    free_slots,
    missed_by,
)
from portal.enums import AppointmentState, DoctorState, SlotAudience, SlotState
from portal.models import Office, offices_of
from portal.web.choices import offices_run_by
from tests.desk.queries.conftest import today
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    OfferFactory,
    OfficeFactory,
    PatientFactory,
    SlotFactory,
)

pytestmark = pytest.mark.django_db


def ids(rows) -> list[int]:
    return [row.pk for row in rows]


def at(office, *moment: int):
    starts_at = datetime(*moment, tzinfo=office.zone)
    return AppointmentFactory(doctor=DoctorFactory(office=office), starts_at=starts_at)


def test_offices_are_those_that_the_user_runs():
    mine, other = OfficeFactory(name="A"), OfficeFactory(name="B")

    assert offices_run_by(AssistantFactory(offices=[mine]).user) == [mine]
    assert offices_run_by(AssistantFactory(all_offices=True).user) == [mine, other]
    assert offices_run_by(AdminFactory()) == [mine, other]
    assert offices_run_by(DoctorFactory(office=mine).user) == []


def test_the_day_begins_and_ends_at_each_offices_midnight():
    madrid = OfficeFactory(time_zone="Europe/Madrid")
    lima = OfficeFactory(time_zone="America/Lima")
    early, late = at(madrid, 2026, 3, 4, 0, 0), at(lima, 2026, 3, 4, 23, 30)
    at(madrid, 2026, 3, 5, 0, 0)
    at(lima, 2026, 3, 3, 23, 30)

    rows = day_sheet([madrid, lima], date(2026, 3, 4))

    assert ids(rows) == [early.pk, late.pk]


def test_without_a_day_each_office_shows_its_own_today():
    """At 03:00 UTC on the 4th it is still the 3rd in Lima."""
    madrid = OfficeFactory(time_zone="Europe/Madrid")
    lima = OfficeFactory(time_zone="America/Lima")
    here, there = at(madrid, 2026, 3, 4, 9, 0), at(lima, 2026, 3, 3, 22, 30)
    at(madrid, 2026, 3, 3, 9, 0)
    at(lima, 2026, 3, 4, 9, 0)

    with time_machine.travel(datetime(2026, 3, 4, 3, 0, tzinfo=UTC), tick=False):
        rows = day_sheet([madrid, lima], None)

    assert ids(rows) == [there.pk, here.pk]


def test_only_the_given_offices_and_doctor():
    appointment = AppointmentFactory()
    AppointmentFactory()
    colleague = AppointmentFactory(doctor=DoctorFactory(office=appointment.office))
    day = appointment.starts_at.astimezone(appointment.office.zone).date()

    both = day_sheet([appointment.office], day)
    one = day_sheet([appointment.office], day, doctor=colleague.doctor_id)

    assert sorted(ids(both)) == [appointment.pk, colleague.pk]
    assert ids(one) == [colleague.pk]


def test_cancelled_ones_are_on_the_sheet():
    appointment = AppointmentFactory(state=AppointmentState.CANCELLED)
    day = appointment.starts_at.astimezone(appointment.office.zone).date()

    assert ids(day_sheet([appointment.office], day)) == [appointment.pk]


def test_no_office_no_day():
    assert day_sheet([], None) == []


def test_one_query_however_many_offices_and_rows(django_assert_num_queries):
    appointment = AppointmentFactory()
    for number in range(1, 6):
        AppointmentFactory(
            doctor=appointment.doctor,
            starts_at=appointment.starts_at + timedelta(minutes=30 * number),
        )
    offices = [appointment.office, *OfficeFactory.create_batch(3, time_zone="Atlantic/Canary")]

    with django_assert_num_queries(1):
        rows = day_sheet(offices, appointment.starts_at.date())

    assert len(rows) == 6


def test_doctors_at_are_those_of_the_offices():
    doctor = DoctorFactory()
    DoctorFactory()

    assert doctors_at([doctor.office]) == [(doctor.pk, doctor.name)]


def test_offices_are_the_ones_of_the_scope():
    """They are asked for in words of their own."""
    mine = OfficeFactory()
    OfficeFactory()
    some, every = AssistantFactory(offices=[mine]), AssistantFactory(all_offices=True)
    others = (AdminFactory(), DoctorFactory().user, PatientFactory().user)

    for user in (some.user, every.user, AssistantFactory().user, *others):
        scope = Office.objects.filter(pk__in=offices_of(user)).order_by("name")
        assert offices_run_by(user) == list(scope), user.role


def test_free_slots_are_those_that_nobody_holds(noon):
    doctor = DoctorFactory()
    at = datetime(2026, 3, 4, 9, tzinfo=doctor.office.zone)
    half = timedelta(minutes=30)
    SlotFactory(doctor=doctor, starts_at=at, state=SlotState.TAKEN)
    SlotFactory(doctor=doctor, starts_at=at + half, state=SlotState.WITHDRAWN)
    SlotFactory(doctor=doctor, starts_at=at + timedelta(days=1))
    SlotFactory()
    desk = SlotFactory(doctor=doctor, starts_at=at + 3 * half, audience=SlotAudience.DESK)
    offered = SlotFactory(doctor=doctor, starts_at=at + 2 * half, state=SlotState.OFFERED)
    OfferFactory(slot=offered)

    found = free_slots([doctor.office], date(2026, 3, 4))

    assert [(one.pk, one.state, one.audience) for one in found] == [
        (offered.pk, "offered", "public"),
        (desk.pk, "open", "desk"),
    ]
    assert found[0].starts == offered.starts_at
    assert found[0].starts.tzinfo == doctor.office.zone
    assert all(one.is_bookable for one in found)
    assert free_slots([], None) == []


def test_a_free_slot_of_a_doctor_who_is_not_approved_cannot_be_booked(noon):
    slot = SlotFactory(
        doctor__state=DoctorState.PENDING, starts_at=datetime(2026, 3, 4, 9, tzinfo=UTC)
    )

    assert [one.is_bookable for one in free_slots([slot.office], None)] == [False]


def test_missed_ones_are_counted_as_elsewhere(noon):
    doctor = DoctorFactory()
    rows_of = [today(doctor, hour) for hour in (13, 14, 15)]
    for number, one in enumerate(rows_of):
        for ago in [30 * (back + 1) for back in range(number)] + [364, 366]:
            starts_at = datetime(2026, 3, 4, 9, tzinfo=UTC) - timedelta(days=ago, hours=number)
            AppointmentFactory(
                doctor=doctor,
                patient=one.patient,
                starts_at=starts_at,
                state=AppointmentState.NO_SHOW,
            )

    counted = missed_by(day_sheet([doctor.office], None))

    assert counted == no_shows(one.patient_id for one in rows_of)
    assert sorted(counted.values()) == [1, 2, 3]
    assert missed_by([]) == {}
