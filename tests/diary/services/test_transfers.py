"""Handing one appointment or one free slot to a colleague (requirement B06)."""

from datetime import timedelta

import pytest
import time_machine

from portal.appointments.services import appointments, presence
from portal.diary.services import transfers
from portal.enums import DoctorState, SlotState, UserState
from portal.errors import Forbidden, Overlap, PortalError, StaleState, TooLate
from portal.models import Appointment, AuditEvent, Notification, Slot, TimeOff
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
from tests.setups.outbox import deliver_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def appointment():
    return AppointmentFactory(starts_at=in_days(3))


@pytest.fixture
def colleague(appointment):
    return DoctorFactory(office=appointment.office)


def transfer(appointment, to, by=None, **options):
    by = by or appointment.doctor.user
    return transfers.transfer(appointment, to=to, by=by, **options)


def slots_of(doctor) -> list[tuple[str, bool]]:
    return list(doctor.slots.order_by("pk").values_list("state", "is_extra"))


def test_B06_it_stays_the_same_appointment_with_another_doctor(appointment, colleague):
    was = appointment.doctor

    moved = transfer(appointment, colleague)

    moved.refresh_from_db()
    assert (moved.pk, moved.reference) == (appointment.pk, appointment.reference)
    assert (moved.doctor, moved.state, moved.version) == (colleague, "confirmed", 2)
    assert (moved.starts_at, moved.office) == (appointment.starts_at, appointment.office)
    assert moved.slot.doctor == colleague
    assert moved.moves == 0
    assert slots_of(was) == [("open", False)]
    assert slots_of(colleague) == [("taken", True)]


def test_B06_the_colleagues_own_free_slot_is_taken(appointment, colleague):
    own = SlotFactory(doctor=colleague, starts_at=appointment.starts_at)

    moved = transfer(appointment, colleague)

    assert moved.slot_id == own.pk
    assert slots_of(colleague) == [("taken", False)]


def test_B06_a_slot_made_for_it_keeps_note_and_audience_and_goes_with_it(appointment, colleague):
    Slot.objects.filter(pk=appointment.slot_id).update(
        note="Bring the scans", audience="desk", released_at=None
    )

    moved = transfer(appointment, colleague)
    made = Slot.objects.get(pk=moved.slot_id)
    appointments.cancel(moved, by=colleague.user, reason="health")

    assert (made.note, made.audience, made.released_at) == ("Bring the scans", "desk", None)
    assert slots_of(colleague) == [("withdrawn", True)]


def test_B06_the_old_time_can_be_withdrawn_with_it(appointment, colleague):
    transfer(appointment, colleague, withdraw=True)

    assert slots_of(appointment.doctor) == [("withdrawn", False)]


@pytest.mark.parametrize("minutes", [-30, 30])
def test_B06_back_to_back_is_no_obstacle(appointment, colleague, minutes):
    SlotFactory(doctor=colleague, starts_at=appointment.starts_at + timedelta(minutes=minutes))

    assert transfer(appointment, colleague).doctor == colleague


@pytest.mark.parametrize("minutes", [-5, 5])
def test_B06_a_slot_of_theirs_that_overlaps_is_named(appointment, colleague, minutes):
    SlotFactory(
        doctor=colleague,
        starts_at=appointment.starts_at + timedelta(minutes=minutes),
        office=OfficeFactory(name="Harbour", time_zone="UTC"),
    )

    with pytest.raises(Overlap) as refusal:
        transfer(appointment, colleague)

    starts = appointment.starts_at + timedelta(minutes=minutes)
    assert f"another slot then: {starts:%H:%M}" in refusal.value.message
    assert "Harbour" in refusal.value.message
    assert refusal.value.field == "to"
    assert_untouched(appointment)


@pytest.mark.parametrize("state", [SlotState.TAKEN, SlotState.OFFERED])
def test_B06_a_slot_at_that_time_that_is_not_free_refuses(appointment, colleague, state):
    SlotFactory(doctor=colleague, starts_at=appointment.starts_at, state=state)

    with pytest.raises(Overlap):
        transfer(appointment, colleague)

    assert_untouched(appointment)


def test_B06_a_free_slot_at_another_office_refuses(appointment, colleague):
    SlotFactory(doctor=colleague, starts_at=appointment.starts_at, office=OfficeFactory())

    with pytest.raises(Overlap):
        transfer(appointment, colleague)


def test_B06_a_withdrawn_slot_is_no_obstacle(appointment, colleague):
    SlotFactory(doctor=colleague, starts_at=appointment.starts_at, state=SlotState.WITHDRAWN)

    assert transfer(appointment, colleague).doctor == colleague


def test_B06_not_to_one_who_is_away_even_with_a_free_slot(appointment, colleague):
    SlotFactory(doctor=colleague, starts_at=appointment.starts_at)
    TimeOff.objects.create(
        doctor=colleague, starts_at=in_days(3, 0), ends_at=appointment.starts_at + timedelta(0, 60)
    )

    with pytest.raises(Overlap, match="is away then"):
        transfer(appointment, colleague)


def test_B06_away_until_just_then_is_no_obstacle(appointment, colleague):
    TimeOff.objects.create(doctor=colleague, starts_at=in_days(3, 0), ends_at=appointment.starts_at)

    assert transfer(appointment, colleague).doctor == colleague


@pytest.mark.parametrize("state", [DoctorState.PENDING, DoctorState.REJECTED])
def test_B06_only_to_approved_doctors(appointment, colleague, state):
    colleague.state = state
    colleague.save()

    with pytest.raises(PortalError, match="takes no appointments"):
        transfer(appointment, colleague)


def test_B06_not_to_one_whose_account_is_closed(appointment, colleague):
    colleague.user.state = UserState.BLOCKED
    colleague.user.save()

    with pytest.raises(PortalError, match="takes no appointments"):
        transfer(appointment, colleague)


def test_B06_not_to_its_own_doctor(appointment):
    with pytest.raises(PortalError, match="another doctor"):
        transfer(appointment, appointment.doctor)

    assert_untouched(appointment)


def test_B06_who_may(appointment, colleague):
    desk = AssistantFactory(offices=[appointment.office]).user
    others = [
        appointment.patient.user,
        colleague.user,
        AssistantFactory(offices=[OfficeFactory()]).user,
        PatientFactory().user,
    ]

    for one in others:
        with pytest.raises(Forbidden):
            transfer(appointment, colleague, by=one)

    assert_untouched(appointment)
    moved = transfer(appointment, colleague, by=desk)
    again = transfer(moved, DoctorFactory(), by=colleague.user)
    assert transfer(again, colleague, by=AdminFactory()).doctor == colleague


def test_B06_not_once_it_has_started(appointment, colleague):
    with (
        time_machine.travel(appointment.starts_at + timedelta(minutes=1)),
        pytest.raises(TooLate),
    ):
        transfer(appointment, colleague)


@pytest.mark.parametrize("state", ["requested", "arrived", "completed", "no_show", "cancelled"])
def test_B06_only_a_confirmed_one(colleague, state):
    appointment = AppointmentFactory(starts_at=in_days(3), state=state)

    with pytest.raises(StaleState):
        transfer(appointment, colleague)


def test_B06_one_that_has_been_moved_meanwhile_is_stale(appointment, colleague):
    slot = SlotFactory(doctor=appointment.doctor, starts_at=in_days(4))
    seen = Appointment.objects.get(pk=appointment.pk)
    appointments.reschedule(appointment, slot_id=slot.pk, by=appointment.doctor.user)

    with pytest.raises(StaleState):
        transfer(seen, colleague)


def test_B06_requests_for_the_colleagues_slot_are_declined(appointment, colleague):
    own = SlotFactory(doctor=colleague, starts_at=appointment.starts_at, has_requests=True)
    asked = AppointmentFactory(
        doctor=colleague, slot=own, starts_at=own.starts_at, state="requested"
    )

    transfer(appointment, colleague)

    asked.refresh_from_db()
    assert asked.state == "declined"


def test_B06_D01_patient_new_and_old_doctor_are_told(appointment, colleague, mailoutbox):
    was, desk = appointment.doctor, AssistantFactory(offices=[appointment.office]).user

    transfer(appointment, colleague, by=desk)
    deliver_all()

    told = Notification.objects.order_by("pk").values_list("event", "facts__for", "channel", "user")
    patient = appointment.patient.user_id
    assert list(told) == [
        ("appointment_transferred", "patient", "email", patient),
        ("appointment_transferred", "patient", "sms", patient),
        ("appointment_transferred", "patient", "portal", patient),
        ("appointment_transferred", "doctor", "email", colleague.user_id),
        ("appointment_transferred", "doctor", "portal", colleague.user_id),
        ("appointment_left", "doctor", "email", was.user_id),
        ("appointment_left", "doctor", "portal", was.user_id),
    ]
    mails = {mail.to[0]: mail for mail in mailoutbox}
    to_patient = mails[appointment.patient.user.email]
    assert f"with {colleague.name} instead of {was.name}" in to_patient.body
    assert "Time and place stay the same." in to_patient.body
    assert "SEQUENCE:1" in to_patient.attachments[0].content
    assert was.name in mails[colleague.user.email].body
    assert "METHOD:CANCEL" in mails[was.user.email].attachments[0].content
    assert "Your time is free again." in mails[was.user.email].body


def test_D01_a_doctor_whose_time_goes_is_not_told_that_it_is_free(
    appointment, colleague, mailoutbox
):
    transfer(appointment, colleague, withdraw=True, by=AdminFactory())
    deliver_all()

    mail = next(mail for mail in mailoutbox if mail.to == [appointment.doctor.user.email])
    assert "not offered any more" in mail.body
    assert "free again" not in mail.body


def test_D01_who_hands_over_is_not_told(appointment, colleague):
    transfer(appointment, colleague)

    assert not Notification.objects.filter(user=appointment.doctor.user)


def test_D01_handed_on_before_the_mail_has_gone_only_the_last_is_sent(
    appointment, colleague, mailoutbox
):
    third = DoctorFactory(office=appointment.office)
    moved = transfer(appointment, colleague)
    transfer(moved, third, by=AdminFactory())

    deliver_all()

    to_patient = [mail for mail in mailoutbox if mail.to == [appointment.patient.user.email]]
    assert len(to_patient) == 1
    assert third.name in to_patient[0].body


def test_B06_F01_the_trail_says_from_whom_to_whom(appointment, colleague):
    transfer(appointment, colleague)

    event = AuditEvent.objects.get(verb="transfer")
    assert event.changes["was_doctor"] == appointment.doctor.name
    assert event.changes["doctor_name"] == colleague.name


def test_B06_a_free_slot_goes_to_the_colleagues_diary(colleague):
    slot = SlotFactory(starts_at=in_days(3), note="Scans", audience="desk", released_at=None)

    made = transfers.transfer_slot(slot, to=colleague, by=slot.doctor.user)

    slot.refresh_from_db()
    assert slot.state == SlotState.WITHDRAWN
    assert (made.doctor, made.office, made.state) == (colleague, slot.office, SlotState.OPEN)
    assert (made.note, made.audience, made.released_at) == ("Scans", "desk", None)
    assert made.is_extra is False
    assert AuditEvent.objects.get(verb="transfer").object_id == made.pk


def test_B06_requests_for_a_free_slot_that_goes_are_declined(colleague):
    asked = AppointmentFactory(state="requested", starts_at=in_days(3))
    Slot.objects.filter(pk=asked.slot_id).update(has_requests=True)

    transfers.transfer_slot(asked.slot, to=colleague, by=asked.doctor.user)

    asked.refresh_from_db()
    assert asked.state == "declined"


def test_B06_a_free_slot_does_not_go_where_it_cannot(colleague):
    slot = SlotFactory(starts_at=in_days(3), office=colleague.office)
    own = SlotFactory(doctor=colleague, starts_at=slot.starts_at)

    with pytest.raises(Overlap, match="is free at that time already"):
        transfers.transfer_slot(slot, to=colleague, by=slot.doctor.user)
    Slot.objects.filter(pk=own.pk).update(state="taken")
    with pytest.raises(Overlap, match="another slot then"):
        transfers.transfer_slot(slot, to=colleague, by=slot.doctor.user)

    slot.refresh_from_db()
    assert slot.state == SlotState.OPEN


@pytest.mark.parametrize("state", ["taken", "offered", "withdrawn"])
def test_B06_only_a_free_slot_goes_by_itself(colleague, state):
    slot = SlotFactory(starts_at=in_days(3), state=state)

    with pytest.raises(StaleState):
        transfers.transfer_slot(slot, to=colleague, by=slot.doctor.user)


def test_B06_who_may_hand_over_a_free_slot(colleague):
    slot = SlotFactory(starts_at=in_days(3))

    for one in (colleague.user, PatientFactory().user, AssistantFactory(offices=[]).user):
        with pytest.raises(Forbidden):
            transfers.transfer_slot(slot, to=colleague, by=one)

    desk = AssistantFactory(offices=[slot.office]).user
    assert transfers.transfer_slot(slot, to=colleague, by=desk).doctor == colleague


def test_B06_a_free_slot_that_has_begun_stays(colleague):
    slot = SlotFactory(starts_at=in_days(-1))

    with pytest.raises(TooLate):
        transfers.transfer_slot(slot, to=colleague, by=slot.doctor.user)


def test_B14_what_was_handed_over_is_the_new_doctors_to_mark(appointment, colleague):
    moved = transfer(appointment, colleague)

    with time_machine.travel(moved.starts_at):
        assert presence.arrive(moved, by=colleague.user).state == "arrived"


def assert_untouched(appointment):
    appointment.refresh_from_db()
    assert appointment.version == 1
    assert appointment.slot.state == "taken"
    assert not Notification.objects.exists()
    assert not AuditEvent.objects.exists()
