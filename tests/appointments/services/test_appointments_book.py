"""appointments.book: the good case, each refusal, and what it leaves behind (B08, B09, B11)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from portal.appointments.services import appointments
from portal.enums import AppointmentState, DoctorState, Mode, SlotState, UserState
from portal.errors import (
    Forbidden,
    LimitReached,
    OutsideHours,
    Overlap,
    SlotTaken,
    StaleState,
    TooLate,
)
from portal.models import Appointment, AuditEvent, ClinicSettings, Patient, Slot
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    OfficeFactory,
    PatientFactory,
    SlotFactory,
    in_days,
)

pytestmark = pytest.mark.django_db


def book(slot, patient, *, by=None, **rest):
    return appointments.book(slot.pk, patient_id=patient.pk, by=by or patient.user, **rest)


def refused(error, slot, patient, **rest):
    """The refusal, after checking that it left everything as it was."""
    before = (Slot.objects.get(pk=slot.pk).state, Appointment.objects.count())
    events = AuditEvent.objects.count()
    with pytest.raises(error) as caught:
        book(slot, patient, **rest)
    assert (Slot.objects.get(pk=slot.pk).state, Appointment.objects.count()) == before
    assert AuditEvent.objects.count() == events
    return caught.value


def test_B08_book_confirms_at_once_and_takes_the_slot():
    slot, patient = SlotFactory(), PatientFactory()

    made = book(slot, patient, reason="Cough", mode=Mode.VIDEO)

    slot.refresh_from_db()
    made.refresh_from_db()
    assert slot.state == SlotState.TAKEN
    assert made.state == AppointmentState.CONFIRMED
    assert (made.patient, made.doctor, made.office) == (patient, slot.doctor, slot.office)
    assert (made.starts_at, made.ends_at) == (slot.starts_at, slot.ends_at)
    assert (made.reason, made.mode, made.booked_by) == ("Cough", Mode.VIDEO, patient.user)
    assert len(made.reference) == 7


def test_book_leaves_one_audit_event_without_the_reason_of_the_visit():
    slot, patient = SlotFactory(), PatientFactory()

    made = book(slot, patient, reason="Something private")

    event = AuditEvent.objects.get(verb="book")
    assert (event.actor_id, event.actor_name, event.actor_role) == (
        patient.user.pk,
        patient.user.name,
        "patient",
    )
    assert (event.object_type, event.object_id) == ("appointment", made.pk)
    assert event.patient_id == patient.pk
    assert event.changes["reference"] == made.reference
    assert event.changes["slot"] == slot.pk
    assert "private" not in str(event.changes)


def test_B09_book_refuses_a_taken_slot():
    held = AppointmentFactory()

    error = refused(SlotTaken, held.slot, PatientFactory())

    assert error.status == 409


def test_book_refuses_a_withdrawn_slot():
    refused(SlotTaken, SlotFactory(state=SlotState.WITHDRAWN), PatientFactory())


def test_book_a_slot_that_does_not_exist():
    patient = PatientFactory()

    with pytest.raises(Slot.DoesNotExist):
        appointments.book(987654, patient_id=patient.pk, by=patient.user)


def test_book_for_a_patient_who_does_not_exist():
    with pytest.raises(Patient.DoesNotExist):
        appointments.book(SlotFactory().pk, patient_id=987654, by=AdminFactory())


def test_B13_a_cancelled_slot_can_be_booked_again():
    patient, other = PatientFactory(), PatientFactory()
    slot = SlotFactory()
    first = book(slot, patient)
    appointments.cancel(first, by=patient.user, reason="health")

    second = book(slot, other)

    assert second.slot == slot
    assert set(Appointment.objects.live()) == {second}


# --- The patient's own time -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "minutes"),
    [((10, 0), 30), ((10, 15), 30), ((9, 45), 30), ((10, 10), 10), ((9, 30), 90)],
)
def test_B09_book_refuses_what_overlaps_a_live_appointment(start, minutes):
    patient = PatientFactory()
    AppointmentFactory(patient=patient, starts_at=in_days(2, 10))
    starts_at = in_days(2, *start)
    slot = SlotFactory(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=minutes))

    error = refused(Overlap, slot, patient)

    assert error.status == 409
    assert "You already have" in str(error)


@pytest.mark.parametrize("start", [(9, 30), (10, 30)])
def test_B09_book_allows_back_to_back_appointments(start):
    patient = PatientFactory()
    AppointmentFactory(patient=patient, starts_at=in_days(2, 10))

    made = book(SlotFactory(starts_at=in_days(2, *start)), patient)

    assert made.state == AppointmentState.CONFIRMED


def test_book_at_the_time_of_a_cancelled_appointment():
    patient = PatientFactory()
    AppointmentFactory(patient=patient, starts_at=in_days(2, 10), state=AppointmentState.CANCELLED)

    assert book(SlotFactory(starts_at=in_days(2, 10)), patient)


def test_staff_are_told_whose_time_overlaps():
    patient = PatientFactory(name="Ada Byron")
    AppointmentFactory(patient=patient, starts_at=in_days(2, 10))

    error = refused(Overlap, SlotFactory(starts_at=in_days(2, 10)), patient, by=AdminFactory())

    assert "Ada Byron" in str(error)


# --- Notice, horizon, cap ---------------------------------------------------------------------


def in_minutes(minutes):
    return timezone.now() + timedelta(minutes=minutes)


@pytest.mark.parametrize("minutes", [-45, -1])
def test_book_refuses_a_time_that_has_passed_even_to_staff(minutes):
    slot = SlotFactory(starts_at=in_minutes(minutes))

    refused(TooLate, slot, PatientFactory())
    refused(TooLate, slot, PatientFactory(), by=AdminFactory())


def test_B18_book_holds_patients_to_the_notice():
    ClinicSettings.objects.create(pk=1, minimum_notice_minutes=60)

    refused(TooLate, SlotFactory(starts_at=in_minutes(59)), PatientFactory())

    assert book(SlotFactory(starts_at=in_minutes(61)), PatientFactory())


def test_B18_book_holds_patients_to_the_horizon():
    ClinicSettings.objects.create(pk=1, horizon_days=10)

    refused(OutsideHours, SlotFactory(starts_at=in_minutes(10 * 24 * 60 + 1)), PatientFactory())

    assert book(SlotFactory(starts_at=in_minutes(10 * 24 * 60 - 1)), PatientFactory())


def test_B18_book_holds_patients_to_the_cap():
    ClinicSettings.objects.create(pk=1, max_upcoming_per_patient=2)
    patient, doctor = PatientFactory(), DoctorFactory()
    for day in (1, 2):
        AppointmentFactory(patient=patient, doctor=doctor, starts_at=in_days(day))

    error = refused(LimitReached, SlotFactory(doctor=doctor, starts_at=in_days(3)), patient)

    assert "2" in str(error)


def test_past_and_cancelled_appointments_do_not_count_towards_the_cap():
    ClinicSettings.objects.create(pk=1, max_upcoming_per_patient=1)
    patient = PatientFactory()
    AppointmentFactory(patient=patient, starts_at=in_days(-3))
    AppointmentFactory(patient=patient, starts_at=in_days(3), state=AppointmentState.CANCELLED)

    assert book(SlotFactory(starts_at=in_days(4)), patient)


def test_B11_staff_are_not_held_to_notice_horizon_and_cap():
    ClinicSettings.objects.create(
        pk=1, minimum_notice_minutes=600, horizon_days=1, max_upcoming_per_patient=1
    )
    patient, doctor, admin = PatientFactory(), DoctorFactory(), AdminFactory()
    AppointmentFactory(patient=patient, doctor=doctor, starts_at=in_days(1, 23, 30))

    soon = book(SlotFactory(doctor=doctor, starts_at=in_minutes(5)), patient, by=admin)
    late = book(SlotFactory(doctor=doctor, starts_at=in_days(400)), patient, by=admin)

    assert (soon.booked_by, late.booked_by) == (admin, admin)


# --- The doctor -------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [DoctorState.PENDING, DoctorState.REJECTED])
@pytest.mark.parametrize("staff", [False, True])
def test_A02_book_refuses_a_doctor_who_is_not_approved(state, staff):
    slot = SlotFactory(doctor__state=state)

    refused(SlotTaken, slot, PatientFactory(), by=AdminFactory() if staff else None)


@pytest.mark.parametrize("state", [UserState.BLOCKED, UserState.CLOSED])
def test_A10_book_refuses_a_doctor_whose_account_is_shut(state):
    refused(SlotTaken, SlotFactory(doctor__user__state=state), PatientFactory())


# --- Who may ----------------------------------------------------------------------------------


def test_B11_desk_of_the_office_books_for_any_patient_and_is_recorded():
    slot, patient = SlotFactory(), PatientFactory(user=None)
    desk = AssistantFactory(offices=[slot.office]).user

    made = book(slot, patient, by=desk)

    assert (made.patient, made.booked_by) == (patient, desk)
    assert AuditEvent.objects.get(verb="book").actor_role == "assistant"


def test_B11_desk_of_another_office_may_not_book():
    desk = AssistantFactory(offices=[OfficeFactory()]).user

    refused(Forbidden, SlotFactory(), PatientFactory(), by=desk)


def test_B11_doctor_books_patients_of_theirs_into_their_own_diary():
    doctor = DoctorFactory()
    known = AppointmentFactory(doctor=doctor, starts_at=in_days(-9)).patient
    slot = SlotFactory(doctor=doctor)

    assert book(slot, known, by=doctor.user).booked_by == doctor.user


def test_doctor_may_not_book_strangers_nor_into_another_diary():
    doctor = DoctorFactory()
    known = AppointmentFactory(doctor=doctor, starts_at=in_days(-9)).patient

    refused(Forbidden, SlotFactory(doctor=doctor), PatientFactory(), by=doctor.user)
    refused(Forbidden, SlotFactory(), known, by=doctor.user)


def test_patient_may_not_book_for_another_patient():
    refused(Forbidden, SlotFactory(), PatientFactory(), by=PatientFactory().user)


def test_blocked_patient_may_not_book():
    patient = PatientFactory(user__state=UserState.BLOCKED)

    refused(Forbidden, SlotFactory(), patient)


# --- The form's token -------------------------------------------------------------------------


def test_same_form_twice_gives_the_first_appointment():
    slot, patient, token = SlotFactory(), PatientFactory(), uuid4()
    first = book(slot, patient, form_token=token)

    second = book(slot, patient, form_token=token)

    assert second == first
    assert Appointment.objects.count() == AuditEvent.objects.filter(verb="book").count() == 1


def test_same_form_after_cancelling_gives_the_cancelled_appointment():
    slot, patient, token = SlotFactory(), PatientFactory(), uuid4()
    first = book(slot, patient, form_token=token)
    appointments.cancel(first, by=patient.user, reason="other")

    again = book(slot, patient, form_token=token)

    slot.refresh_from_db()
    assert (again, again.state) == (first, AppointmentState.CANCELLED)
    assert slot.state == SlotState.OPEN


def test_token_of_somebody_else_is_refused_without_showing_theirs():
    token = uuid4()
    book(SlotFactory(), PatientFactory(), form_token=token)

    error = refused(StaleState, SlotFactory(), PatientFactory(), form_token=token)

    assert error.status == 409


def test_a_new_form_on_a_slot_of_ones_own_is_a_taken_slot():
    slot, patient = SlotFactory(), PatientFactory()
    book(slot, patient, form_token=uuid4())

    refused(SlotTaken, slot, patient, form_token=uuid4())


# --- The last line: what the database refuses becomes words -----------------------------------


def test_second_holder_of_a_slot_is_refused_by_the_database_in_words():
    held = AppointmentFactory()
    Slot.objects.filter(pk=held.slot_id).update(state=SlotState.OPEN)  # a slot left inconsistent

    refused(SlotTaken, held.slot, PatientFactory())
