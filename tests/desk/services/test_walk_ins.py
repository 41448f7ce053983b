"""walk_ins: a free time of today or an extra one for somebody at the desk (B21)."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
import time_machine

from portal.appointments.services import appointments
from portal.desk.services import walk_ins
from portal.enums import HolidayState, SlotState
from portal.errors import (
    Forbidden,
    NeedsConfirmation,
    OutsideHours,
    Overlap,
    PortalError,
    SlotTaken,
    TooLate,
)
from portal.models import (
    Appointment,
    AuditEvent,
    Holiday,
    HoursException,
    Slot,
    TimeOff,
    WeeklyHours,
)
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    PatientFactory,
    SlotFactory,
)
from tests.setups.diary import DAY, at, close_day, slot_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    """Wednesday 4 March 2026, 10:03 in Madrid."""
    with time_machine.travel(datetime(2026, 3, 4, 9, 3, tzinfo=UTC), tick=False) as clock:
        yield clock


@pytest.fixture
def doctor(clock):
    """Works from 09:00 to 13:00."""
    doctor = DoctorFactory(name="Dr Ruiz")
    weekly(doctor, "09:00", "13:00")
    return doctor


@pytest.fixture
def desk(doctor):
    return AssistantFactory(offices=[doctor.office]).user


@pytest.fixture
def patient(doctor):
    return PatientFactory(user=None)


def weekly(doctor, starts, ends, **fields):
    fields = {"weekday": 2, "office": doctor.office, "valid_from": date(2026, 1, 5), **fields}
    times = {"starts": time.fromisoformat(starts), "ends": time.fromisoformat(ends)}
    return WeeklyHours.objects.create(doctor=doctor, **times, **fields)


def extra(doctor, patient, by, start="10:30", *, minutes=20, reason="Toothache", **rest):
    return walk_ins.book_extra(
        doctor,
        patient_id=patient.pk,
        starts_at=at(start),
        minutes=minutes,
        reason=reason,
        by=by,
        **rest,
    )


def refused(error, *arguments, **rest):
    count = (Slot.objects.count(), Appointment.objects.count(), AuditEvent.objects.count())
    with pytest.raises(error) as caught:
        extra(*arguments, **rest)
    now = (Slot.objects.count(), Appointment.objects.count(), AuditEvent.objects.count())
    assert now == count
    return caught.value


def test_B21_an_extra_time_is_made_taken_and_marked(doctor, patient, desk):
    made = extra(doctor, patient, desk)

    made = Appointment.objects.select_related("slot").get(pk=made.pk)
    slot = made.slot
    assert (slot.starts_at, slot.ends_at) == (at("10:30"), at("10:50"))
    assert (slot.is_extra, slot.state, slot.audience) == (True, "taken", "desk")
    assert (slot.note, slot.released_at, slot.office) == ("Toothache", None, doctor.office)
    assert (made.state, made.arrived_at) == ("arrived", datetime(2026, 3, 4, 9, 3, tzinfo=UTC))
    assert (made.reason, made.booked_by, made.patient) == ("Toothache", desk, patient)
    verbs = AuditEvent.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["add_extra", "book", "arrive"]


def test_B21_one_who_is_not_here_yet_has_not_arrived(doctor, patient, desk):
    assert extra(doctor, patient, desk, arrived=False).state == "confirmed"


@pytest.mark.parametrize("who", ["assistant", "admin", "doctor"])
def test_B21_staff_of_the_diary_may_add_times(doctor, patient, who):
    if who == "doctor":
        AppointmentFactory(patient=patient, doctor=doctor, starts_at=at("12:00", date(2026, 1, 7)))
    by = {
        "assistant": AssistantFactory(offices=[doctor.office]).user,
        "admin": AdminFactory(),
        "doctor": doctor.user,
    }[who]

    assert extra(doctor, patient, by).booked_by == by


def test_B21_others_may_not(doctor, patient):
    others = (PatientFactory().user, DoctorFactory().user, AssistantFactory().user)
    for by in others:
        refused(Forbidden, doctor, patient, by)
    refused(Forbidden, doctor, PatientFactory(), doctor.user)  # whom the doctor does not treat


@pytest.mark.parametrize(
    ("state", "word"),
    [("open", "free"), ("taken", "booked"), ("offered", "on offer")],
)
def test_B21_what_overlaps_is_named(doctor, patient, desk, state, word):
    slot_at(doctor, "10:45", state=state)

    refusal = refused(Overlap, doctor, patient, desk)

    assert str(refusal) == f"Dr Ruiz has other times then: 10:45–11:15 ({word})."
    assert refusal.field == "start"


def test_B21_next_to_other_times_and_over_withdrawn_ones(doctor, patient, desk):
    slot_at(doctor, "10:00")
    slot_at(doctor, "10:50")
    slot_at(doctor, "10:30", state=SlotState.WITHDRAWN)

    assert extra(doctor, patient, desk)


def test_B21_the_doctors_times_at_another_office_count(doctor, patient, desk):
    slot_at(doctor, "10:30", office=DoctorFactory().office)

    refused(Overlap, doctor, patient, desk)


def test_B21_a_patient_who_is_elsewhere_then(doctor, patient, desk):
    AppointmentFactory(patient=patient, starts_at=at("10:45"))

    refused(Overlap, doctor, patient, desk)


@pytest.mark.parametrize(
    ("start", "minutes"), [("08:50", 20), ("12:50", 20), ("14:00", 20), ("10:30", 180)]
)
def test_B21_outside_the_hours_is_asked_first(doctor, patient, desk, clock, start, minutes):
    clock.move_to(datetime(2026, 3, 4, 7, 40, tzinfo=UTC))
    refusal = refused(NeedsConfirmation, doctor, patient, desk, start, minutes=minutes)

    assert str(refusal) == "That is outside Dr Ruiz’s hours today: 09:00–13:00."
    assert extra(doctor, patient, desk, start, minutes=minutes, confirmed=True)


def test_B21_hours_in_two_blocks_that_touch_are_one(doctor, patient, desk):
    weekly(doctor, "13:00", "15:00")

    assert extra(doctor, patient, desk, "12:50")


@pytest.mark.parametrize(
    ("fields", "is_asked"),
    [
        ({"valid_until": date(2026, 3, 3)}, True),
        ({"valid_until": date(2026, 3, 4)}, False),
        ({"valid_from": date(2026, 3, 5)}, True),
        ({"weekday": 3}, True),
        ({"every_weeks": 2, "valid_from": date(2026, 2, 18)}, False),
        ({"every_weeks": 2, "valid_from": date(2026, 2, 27)}, True),
    ],
)
def test_B21_only_hours_that_hold_today(doctor, patient, desk, fields, is_asked):
    weekly(doctor, "15:00", "18:00", **fields)

    if is_asked:
        refused(NeedsConfirmation, doctor, patient, desk, "16:00")
    else:
        assert extra(doctor, patient, desk, "16:00")


def test_B21_what_is_set_for_the_day_comes_before_the_week(doctor, patient, desk):
    HoursException.objects.create(
        doctor=doctor, office=doctor.office, day=DAY, starts=time(16), ends=time(0)
    )

    refused(NeedsConfirmation, doctor, patient, desk, "10:30")
    assert extra(doctor, patient, desk, "23:40")


def test_B21_a_day_without_hours(doctor, patient, desk):
    HoursException.objects.create(doctor=doctor, office=doctor.office, day=DAY)

    refusal = refused(NeedsConfirmation, doctor, patient, desk)
    assert str(refusal) == "Dr Ruiz has no hours today."


def test_B21_without_weekly_hours_the_days_slots_say_when(clock):
    doctor, by = DoctorFactory(), AdminFactory()
    slot_at(doctor, "10:00")
    slot_at(doctor, "11:30")

    assert extra(doctor, PatientFactory(), by, "10:40")
    refused(NeedsConfirmation, doctor, PatientFactory(), by, "12:00")


def test_B21_a_doctor_who_is_away_and_an_office_that_is_closed_are_asked_about(
    doctor, patient, desk
):
    away = TimeOff.objects.create(doctor=doctor, starts_at=at("10:00"), ends_at=at("11:00"))
    assert "is away then" in str(refused(NeedsConfirmation, doctor, patient, desk))
    away.cancelled_at = at("09:00")
    away.save()

    day = Holiday.objects.create(
        office=doctor.office, day=DAY, name="Fair", state=HolidayState.CONFIRMED
    )
    assert "closed today: Fair." in str(refused(NeedsConfirmation, doctor, patient, desk))
    day.state = HolidayState.IGNORED
    day.save()
    assert extra(doctor, patient, desk)


def test_B03_an_extra_time_in_spite_of_a_closure_is_noted(doctor, patient, desk):
    close_day(doctor.office, name="Fair")

    appointment = extra(doctor, patient, desk, confirmed=True)

    event = AuditEvent.objects.get(verb="override_closure")
    assert appointment.slot.despite_closure
    assert (event.actor_id, event.changes["closure"]) == (desk.pk, "Fair")


def test_B21_today_only_and_begun_a_quarter_of_an_hour_ago_at_most(doctor, patient, desk, clock):
    refused(TooLate, doctor, patient, desk, "09:45")
    assert extra(doctor, patient, desk, "09:50")

    tomorrow = {"patient_id": PatientFactory().pk, "minutes": 20, "reason": "x", "by": desk}
    with pytest.raises(OutsideHours):
        walk_ins.book_extra(doctor, starts_at=at("00:00", date(2026, 3, 5)), **tomorrow)


def test_B21_today_is_the_offices(clock):
    """At 09:03 UTC it is still the 3rd in Honolulu."""
    doctor = DoctorFactory(office__time_zone="Pacific/Honolulu")
    asked = {"minutes": 30, "reason": "x", "by": AdminFactory(), "confirmed": True}
    patient = PatientFactory()

    starts_at = datetime(2026, 3, 4, 0, 0, tzinfo=doctor.office.zone)
    with pytest.raises(OutsideHours):
        walk_ins.book_extra(doctor, patient_id=patient.pk, starts_at=starts_at, **asked)
    starts_at -= timedelta(minutes=5)
    made = walk_ins.book_extra(doctor, patient_id=patient.pk, starts_at=starts_at, **asked)
    assert made.state == "arrived"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"minutes": 4}, "minutes"),
        ({"minutes": 241}, "minutes"),
        ({"minutes": -5}, "minutes"),
        ({"reason": "  "}, "reason"),
    ],
)
def test_B21_length_and_reason(doctor, patient, desk, fields, field):
    assert refused(PortalError, doctor, patient, desk, **fields).field == field


def test_B21_a_doctor_who_takes_nobody(doctor, patient, desk):
    doctor.state = "withdrawn"
    doctor.save()

    refused(SlotTaken, doctor, patient, desk)


def test_B21_one_form_makes_one_extra_time(doctor, patient, desk):
    token = uuid4()

    first = extra(doctor, patient, desk, form_token=token)
    second = extra(doctor, patient, desk, form_token=token)

    assert first == second
    assert Slot.objects.count() == 1


def test_B21_the_extra_time_goes_with_its_appointment(doctor, patient, desk):
    made = extra(doctor, patient, desk, arrived=False)

    appointments.cancel(made, by=desk, reason="other")

    assert Slot.objects.get().state == SlotState.WITHDRAWN


def test_B21_a_free_time_is_booked_and_the_patient_has_arrived(doctor, patient, desk):
    slot = slot_at(doctor, "10:30")

    made = walk_ins.book_free(slot.pk, patient_id=patient.pk, by=desk, reason="Cough")

    slot.refresh_from_db()
    assert (made.state, made.reason, slot.state) == ("arrived", "Cough", "taken")
    assert not slot.is_extra


def test_B21_a_free_time_that_is_gone_or_not_today_books_nothing(doctor, patient, desk):
    gone = slot_at(doctor, "10:30", state=SlotState.TAKEN)
    with pytest.raises(SlotTaken):
        walk_ins.book_free(gone.pk, patient_id=patient.pk, by=desk)

    tomorrow = SlotFactory(doctor=doctor, starts_at=at("10:30", date(2026, 3, 5)))
    with pytest.raises(TooLate):
        walk_ins.book_free(tomorrow.pk, patient_id=patient.pk, by=desk)

    assert not Appointment.objects.exists()
    tomorrow.refresh_from_db()
    assert tomorrow.state == SlotState.OPEN


def test_B21_the_same_form_books_a_free_time_once(doctor, patient, desk):
    slot, token = slot_at(doctor, "10:30"), uuid4()
    asked = {"patient_id": patient.pk, "by": desk, "form_token": token}

    assert walk_ins.book_free(slot.pk, **asked) == walk_ins.book_free(slot.pk, **asked)
