"""Reminders (requirement D02): due, late, merged, void."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.appointments.services import appointments, reminders
from portal.models import ClinicSettings, Notification
from tests.factories import AppointmentFactory, DoctorFactory, PatientFactory, SlotFactory
from tests.setups.outbox import deliver_all

pytestmark = pytest.mark.django_db

MADRID = ZoneInfo("Europe/Madrid")
LONG_AGO = datetime(2027, 1, 4, tzinfo=UTC)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A day of March 2027 in Madrid. The clocks are put forward on the 28th."""
    return datetime(2027, 3, day, hour, minute, tzinfo=MADRID)


@pytest.fixture
def patient():
    return PatientFactory(phone="+34600111222")


@pytest.fixture
def doctor():
    return DoctorFactory()


@pytest.fixture
def appointment(patient, doctor):
    return make(patient, doctor, at(17, 10))


def make(patient, doctor, starts_at: datetime, **values):
    return AppointmentFactory(
        patient=patient, doctor=doctor, starts_at=starts_at, **{"booked_at": LONG_AGO, **values}
    )


def planned(moment: datetime) -> list[str]:
    """The reminders that a run of the job writes at that moment: `7d:email`, sorted."""
    seen = set(Notification.objects.values_list("pk", flat=True))
    with time_machine.travel(moment, tick=False):
        reminders.send_due()
    return sorted(marks(Notification.objects.exclude(pk__in=seen)))


def marks(notifications) -> list[str]:
    return [":".join(one.key.split(":")[-2:]) for one in notifications]


def sent(moment: datetime) -> list[str]:
    """What the worker sends at that moment."""
    before = set(Notification.objects.filter(state="sent").values_list("pk", flat=True))
    with time_machine.travel(moment, tick=False):
        deliver_all()
    return sorted(marks(Notification.objects.filter(state="sent").exclude(pk__in=before)))


def states() -> list[tuple[str, str]]:
    rows = Notification.objects.filter(event="reminder").order_by("pk")
    return [(one.appointment.reference, one.state) for one in rows]


def test_D02_by_email_a_week_and_a_day_ahead_and_by_sms_a_day_ahead(appointment):
    assert planned(at(10, 9, 59)) == []
    assert planned(at(10, 10)) == ["7d:email"]
    assert planned(at(10, 10, 1)) == []
    assert planned(at(16, 9, 59)) == []
    assert planned(at(16, 10)) == ["1d:email", "1d:sms"]
    assert planned(at(16, 10, 1)) == []


def test_D02_the_clinic_chooses_how_many_days_ahead(appointment):
    ClinicSettings(reminder_email_first_days=3, reminder_email_days=3, reminder_sms_days=0).save()

    assert planned(at(14, 10)) == ["3d:email"]
    assert planned(at(16, 10)) == []


@pytest.mark.parametrize(
    ("start", "due"), [((0, 30), (8, 0)), ((7, 30), (8, 0)), ((20, 30), (19, 45))]
)
def test_D02_those_of_early_and_late_hours_are_due_by_day(patient, doctor, start, due):
    make(patient, doctor, at(17, *start))
    planned(at(10, *due))

    assert planned(at(16, *due) - timedelta(minutes=1)) == []
    assert planned(at(16, *due)) == ["1d:email", "1d:sms"]


@pytest.mark.parametrize("moment", [at(15, 20), at(15, 23), at(16, 7, 59)])
def test_D02_at_night_nothing_is_written(appointment, moment):
    assert planned(moment) == []
    assert planned(at(16, 8)) == ["7d:email"]  # a worker was down for long


def test_D02_what_was_written_late_in_the_evening_waits_for_the_morning(appointment):
    planned(at(15, 19, 59))

    assert sent(at(15, 20, 1)) == []
    assert Notification.objects.get().due_at == at(16, 8)
    assert sent(at(16, 8, 1)) == ["7d:email"]


def test_D02_a_late_one_is_sent_until_the_next_one_is_due(appointment):
    assert planned(at(16, 9, 59)) == ["7d:email"]


def test_D02_one_that_the_next_has_overtaken_is_not_sent(appointment):
    assert planned(at(16, 10)) == ["1d:email", "1d:sms"]


def test_D02_the_last_one_is_sent_until_two_hours_before(patient, doctor):
    make(patient, doctor, at(17, 11))

    assert planned(at(17, 9)) == []
    assert planned(at(17, 8, 59)) == ["1d:email", "1d:sms"]


def test_D02_who_booked_after_the_moment_has_just_been_told(patient, doctor):
    make(patient, doctor, at(17, 10), booked_at=at(10, 10))

    assert planned(at(10, 10, 1)) == []
    assert planned(at(16, 10)) == ["1d:email", "1d:sms"]


def test_D02_a_cancelled_appointment_is_not_reminded_of(appointment, patient):
    planned(at(10, 10))
    with time_machine.travel(at(10, 10, 1)):
        appointments.cancel(appointment, by=patient.user, reason="health")

    assert "7d:email" not in sent(at(10, 10, 2))
    assert states() == [(appointment.reference, "void")]
    assert planned(at(16, 10)) == []


def test_D02_a_moved_appointment_gets_reminders_of_its_own(appointment, patient, doctor):
    planned(at(10, 10))
    slot = SlotFactory(doctor=doctor, starts_at=at(25, 12))
    with time_machine.travel(at(10, 10, 1)):
        appointments.reschedule(appointment, slot_id=slot.pk, by=doctor.user)
        deliver_all()

    assert states() == [(appointment.reference, "void")]
    assert planned(at(16, 10)) == []
    assert planned(at(18, 12)) == ["7d:email"]
    assert planned(at(24, 12)) == ["1d:email", "1d:sms"]


def test_D02_who_moved_after_the_moment_has_just_been_told(appointment, doctor):
    slot = SlotFactory(doctor=doctor, starts_at=at(16, 12))
    with time_machine.travel(at(9, 13)):
        appointments.reschedule(appointment, slot_id=slot.pk, by=doctor.user)

    assert planned(at(9, 13, 1)) == []
    assert planned(at(15, 12)) == ["1d:email", "1d:sms"]


def test_D02_people_switch_reminders_off_by_channel(appointment, patient):
    patient.user.switched_off = "reminder:email"
    patient.user.save()

    assert planned(at(16, 10)) == ["1d:sms"]


def test_D02_patients_without_login_hear_by_sms(doctor):
    make(PatientFactory(user=None), doctor, at(17, 10), booked_by=doctor.user)
    make(PatientFactory(user=None, phone=""), doctor, at(17, 11), booked_by=doctor.user)

    assert planned(at(16, 11)) == ["1d:sms"]


def test_without_a_way_to_send_sms_there_are_none(appointment, settings):
    settings.SMS_URL = ""

    assert planned(at(16, 10)) == ["1d:email"]


@pytest.mark.parametrize("state", ["requested", "arrived", "completed", "cancelled"])
def test_only_confirmed_appointments_are_reminded_of(patient, doctor, state):
    make(patient, doctor, at(17, 10), state=state)

    assert planned(at(16, 10)) == []


def test_a_run_costs_the_same_for_one_and_for_twenty(db):
    def add(count: int):
        for number in range(count):
            starts_at = at(17, 10) + timedelta(days=7 * (count > 1), minutes=number)
            patient = PatientFactory()
            make(patient, DoctorFactory(), starts_at)
            make(patient, DoctorFactory(), starts_at + timedelta(hours=5))

    def run(moment: datetime) -> int:
        with time_machine.travel(moment, tick=False), CaptureQueriesContext(connection) as queries:
            reminders.send_due()
        return len(queries)

    add(1)
    few = run(at(16, 10))
    add(20)
    many = run(at(23, 11))

    assert Notification.objects.filter(event="reminder").count() == 4 + 80
    assert many == few


def test_a_run_with_nothing_to_do_locks_nothing(appointment, django_assert_num_queries):
    with time_machine.travel(at(9, 10)), django_assert_num_queries(4):
        reminders.send_due()
