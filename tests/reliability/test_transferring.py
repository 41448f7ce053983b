"""Handing over at the same moment as somebody else hands over, cancels or books (B06)."""

from functools import partial

from portal.appointments.services import appointments
from portal.diary.services import transfers
from portal.enums import AppointmentState, SlotState
from portal.errors import SlotTaken
from portal.models import Appointment, AuditEvent, Notification, Slot
from tests.factories import AppointmentFactory, DoctorFactory, SlotFactory, in_days
from tests.reliability.clinic import (
    booking,
    cancelling,
    holders,
    make_patients,
    once,
    refusal_of,
    statuses,
    won,
    wrong_slots,
)
from tests.reliability.unprotected import without
from tests.servers.client import race


def handing_over(portal, user, appointment, to):
    client = portal.client(user)
    path = f"/appointments/{appointment.pk}/transfer/"
    return lambda: client.post(path, {"to": to.pk, "old": "free"})


def handed_over() -> int:
    return AuditEvent.objects.filter(verb="transfer").count()


def test_B06_handed_to_five_colleagues_at_once_one_has_it(portal):
    held = AppointmentFactory(starts_at=in_days(3))
    colleagues = DoctorFactory.create_batch(5, office=held.office)

    answers = race(
        [handing_over(portal, held.doctor.user, held, to) for to in colleagues for _n in range(2)]
    )

    held.refresh_from_db()
    assert set(statuses(answers)) <= {302, 404}, portal.log
    assert (handed_over(), held.version) == (1, 2)
    assert held.doctor in colleagues
    assert wrong_slots() == []
    taken = Slot.objects.filter(state=SlotState.TAKEN)
    assert [slot.doctor for slot in taken] == [held.doctor]
    told = Notification.objects.filter(event="appointment_transferred", channel="email")
    assert told.filter(user=held.patient.user).count() == 1


def test_B06_handed_over_and_cancelled_at_once_the_slots_agree(portal):
    held = [AppointmentFactory(starts_at=in_days(3, hour)) for hour in range(10)]
    actions = []
    for one in held:
        to = DoctorFactory(office=one.office)
        actions.append(handing_over(portal, one.doctor.user, one, to))
        actions.append(cancelling(portal, one.patient.user, one))

    answers = race(actions)

    assert set(statuses(answers)) <= {302, 409}, portal.log
    assert wrong_slots() == []
    for one in held:
        verbs = AuditEvent.objects.filter(object_type="appointment", object_id=one.pk)
        done = list(verbs.order_by("pk").values_list("verb", flat=True))
        assert done in (["cancel"], ["transfer"], ["transfer", "cancel"])
        was, one.version = one.doctor_id, 0
        one.refresh_from_db()
        assert (one.state == AppointmentState.CANCELLED) == ("cancel" in done)
        assert (one.doctor_id != was) == ("transfer" in done)


def test_B06_the_colleagues_slot_is_booked_or_taken_over(portal):
    patients = make_patients(10)
    pairs, actions = [], []
    for hour, rival in enumerate(patients):
        held = AppointmentFactory(starts_at=in_days(3, hour))
        free = SlotFactory(
            doctor__office=held.office, starts_at=held.starts_at, ends_at=held.ends_at
        )
        pairs.append((held, free))
        actions.append(handing_over(portal, held.doctor.user, held, free.doctor))
        actions.append(booking(portal, rival, free))

    answers = race(actions)

    assert set(statuses(answers)) <= {302, 409}, portal.log
    assert wrong_slots() == []
    for held, free in pairs:
        assert holders(free) == 1
        held.refresh_from_db()
        assert held.state == AppointmentState.CONFIRMED
    assert handed_over() + len(won(answers)) == len(pairs)


def test_proof_that_the_race_notices_two_who_have_it(portal):
    held = AppointmentFactory(starts_at=in_days(3))
    first, second = DoctorFactory.create_batch(2, office=held.office)
    hand = partial(transfers.transfer, held, by=held.doctor.user)

    with without("locks", between=once(partial(hand, to=second))):
        hand(to=first)

    assert handed_over() == 2
    assert len(wrong_slots()) == 1  # the other colleague keeps a time for nobody


def test_proof_that_the_race_notices_a_cancelled_one_handed_over(portal):
    held = AppointmentFactory(starts_at=in_days(3))
    to = DoctorFactory(office=held.office)
    cancel = partial(appointments.cancel, held, by=held.patient.user, reason="health")

    with without("locks", between=once(cancel)):
        transfers.transfer(held, to=to, by=held.doctor.user)

    verbs = AuditEvent.objects.filter(object_type="appointment").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["cancel", "transfer"]
    held.refresh_from_db()
    assert held.state == AppointmentState.CONFIRMED  # though the patient was told otherwise


def test_the_conditional_take_alone_keeps_a_booked_slot(portal):
    held = AppointmentFactory(starts_at=in_days(3))
    free = SlotFactory(doctor__office=held.office, starts_at=held.starts_at)
    [rival] = make_patients(1)
    book = once(partial(appointments.book, free.pk, by=rival.user))

    with without("locks", between=book):
        refusal = refusal_of(partial(transfers.transfer, held, to=free.doctor, by=held.doctor.user))

    assert isinstance(refusal, SlotTaken)
    assert Appointment.objects.get(slot=free).patient == rival
    assert wrong_slots() == []


def test_proof_that_the_race_notices_a_slot_taken_twice(start_unprotected):
    portal = start_unprotected("locks", "conditional take")
    held = AppointmentFactory(starts_at=in_days(3))
    free = SlotFactory(doctor__office=held.office, starts_at=held.starts_at)
    [rival] = make_patients(1)

    race([handing_over(portal, held.doctor.user, held, free.doctor), booking(portal, rival, free)])

    assert holders(free) == 2
