"""Access to another's chart: granted, offered, changed, ended."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from portal.appointments.services import appointments, waitlist
from portal.enums import NotificationState, ProxyState, Relation, Scope
from portal.errors import Forbidden, LimitReached, PortalError, StaleState
from portal.household.services import access as services
from portal.models import (
    Appointment,
    AuditEvent,
    Notification,
    Patient,
    ProxyAccess,
    Slot,
    Wait,
    may_act_for,
)
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    NotificationFactory,
    PatientFactory,
    ProxyAccessFactory,
    SlotFactory,
    WaitFactory,
    in_days,
)

pytestmark = pytest.mark.django_db
ALL = list(Scope)


@pytest.fixture
def parent():
    return PatientFactory(name="Ann Lund")


@pytest.fixture
def child():
    return PatientFactory(name="Tim Lund", user=None)


def opened(parent, child, *scopes) -> ProxyAccess:
    values = {scope: scope in scopes for scope in ALL}
    return ProxyAccessFactory(user=parent.user, patient=child, **values)


def grant(child, parent, *, scopes=(Scope.APPOINTMENTS,), by=None) -> ProxyAccess:
    return services.grant(
        child,
        email=parent.user.email,
        relation=Relation.CHILD,
        scopes=scopes,
        by=by or AssistantFactory().user,
    )


def offer(patient, email, *, scopes=(Scope.APPOINTMENTS,), by=None) -> ProxyAccess:
    values = {"email": email, "relation": Relation.PARENT, "scopes": scopes}
    return services.offer(patient, by=by or patient.user, **values)


def test_A14_the_desk_grants_and_both_are_told(parent, child):
    child = PatientFactory(name="Tim Lund")

    made = grant(child, parent, scopes=[Scope.APPOINTMENTS, Scope.RECORDS])

    assert (made.state, made.scopes) == (ProxyState.OPEN, [Scope.APPOINTMENTS, Scope.RECORDS])
    told = Notification.objects.filter(event="access_opened")
    assert {one.user for one in told} == {parent.user, child.user}
    event = AuditEvent.objects.get(verb="open_access")
    assert (event.patient_id, event.changes["user"]) == (child.pk, parent.user.pk)


@pytest.mark.parametrize("by", [DoctorFactory, PatientFactory])
def test_A14_only_the_desk_grants(parent, child, by):
    with pytest.raises(Forbidden):
        grant(child, parent, by=by().user)


def test_A14_nobody_looks_after_themself_or_twice_after_one(parent, child):
    with pytest.raises(PortalError) as own:
        grant(parent, parent)
    grant(child, parent)
    with pytest.raises(PortalError) as twice:
        grant(child, parent)

    assert (own.value.field, twice.value.field) == ("email", "email")
    assert ProxyAccess.objects.count() == 1


def test_A14_access_is_of_something(parent, child):
    with pytest.raises(PortalError) as none:
        grant(child, parent, scopes=[])

    assert none.value.field == "scopes"


@pytest.mark.parametrize("scope", ALL)
def test_A14_each_scope_reaches_what_it_names_and_nothing_else(parent, child, scope):
    opened(parent, child, scope)

    reached = [one for one in ALL if Patient.objects.of(parent.user, one).filter(pk=child.pk)]
    acts = [one for one in ALL if may_act_for(parent.user, child, one)]

    assert reached == acts == [scope]


def test_A14_only_the_appointments_scope_reaches_appointments_waits_and_slots(parent, child):
    hidden = SlotFactory(starts_at=in_days(400))  # beyond what patients are shown
    appointment = AppointmentFactory(patient=child, slot=hidden)
    wait = WaitFactory(patient=child)
    access = opened(parent, child, Scope.MESSAGES, Scope.RECORDS, Scope.MONEY)

    def reached():
        return (
            Appointment.objects.visible_to(parent.user).filter(pk=appointment.pk).exists(),
            Wait.objects.visible_to(parent.user).filter(pk=wait.pk).exists(),
            Slot.objects.visible_to(parent.user).filter(pk=appointment.slot_id).exists(),
            parent.user.has_perm("portal.cancel_appointment", appointment),
            parent.user.has_perm("portal.book_for_patient", child),
        )

    assert reached() == (False,) * 5
    ProxyAccess.objects.filter(pk=access.pk).update(appointments=True)
    assert reached() == (True,) * 5


@pytest.mark.parametrize("state", [one for one in ProxyState if one != ProxyState.OPEN])
def test_A14_only_an_open_access_gives_rights(parent, child, state):
    access = opened(parent, child, *ALL)
    ProxyAccess.objects.filter(pk=access.pk).update(state=state)

    assert not Patient.objects.of(parent.user).filter(pk=child.pk).exists()
    assert not may_act_for(parent.user, child)


def test_A14_staff_get_no_rights_from_a_row(child):
    doctor = DoctorFactory().user
    ProxyAccessFactory(user=doctor, patient=child)

    assert not may_act_for(doctor, child)
    assert not Appointment.objects.visible_to(doctor).filter(patient=child).exists()


def test_A14_a_parent_books_moves_waits_and_cancels_for_a_child(parent, child):
    opened(parent, child, Scope.APPOINTMENTS)
    doctor = DoctorFactory()
    first, second, third = (SlotFactory(doctor=doctor, starts_at=in_days(day)) for day in (3, 4, 5))

    booked = appointments.book(first.pk, patient_id=child.pk, by=parent.user)
    moved = appointments.reschedule(booked, slot_id=second.pk, by=parent.user)
    wait = waitlist.join(child, wish=waitlist.Wish(doctor=doctor), by=parent.user)
    waitlist.leave(wait, by=parent.user)
    gone = appointments.cancel(moved, by=parent.user)

    assert (booked.patient, booked.booked_by) == (child, parent.user)
    assert (gone.cancelled_by, gone.slot) == (parent.user, second)
    assert third.state == "open"
    told = Notification.objects.filter(event="appointment_cancelled", user=parent.user)
    facts = told.first().facts
    assert (facts["by"], facts["by_name"], facts["proxy"]) == ("proxy", "Ann Lund", "Ann Lund")


def test_A14_the_others_own_limit_counts_not_the_users(parent, child):
    opened(parent, child, Scope.APPOINTMENTS)
    slot = SlotFactory(starts_at=in_days(3))
    AppointmentFactory(patient=parent, starts_at=slot.starts_at, ends_at=slot.ends_at)

    booked = appointments.book(slot.pk, patient_id=child.pk, by=parent.user)

    assert booked.patient == child


def test_A14_an_offer_is_accepted_by_its_address_alone(parent):
    mother = PatientFactory(name="Eva Lund")
    made = offer(mother, parent.user.email.upper())

    with pytest.raises(Forbidden):
        services.accept(made, by=PatientFactory().user)
    services.accept(made, by=parent.user)

    assert may_act_for(parent.user, mother)
    sent = Notification.objects.get(event="access_offered")
    assert (sent.address, sent.user, sent.patient) == (parent.user.email, None, None)


def test_A14_an_offer_works_once_and_a_newer_one_replaces_it(parent):
    mother = PatientFactory()
    old, new = offer(mother, parent.user.email), offer(mother, parent.user.email)

    with pytest.raises(StaleState):
        services.accept(old, by=parent.user)
    services.accept(new, by=parent.user)
    with pytest.raises(StaleState):
        services.accept(new, by=parent.user)


def test_A14_an_offer_ends_after_seven_days_and_can_be_declined(parent):
    mother = PatientFactory()
    made = offer(mother, parent.user.email)
    late = time_machine.travel(timezone.now() + timedelta(days=8), tick=False)
    with late, pytest.raises(StaleState):
        services.accept(made, by=parent.user)

    again = offer(mother, parent.user.email)
    services.decline(again, by=parent.user)

    assert not may_act_for(parent.user, mother)
    assert not ProxyAccess.objects.standing().exists()


def test_A14_nobody_gives_on_what_was_given(parent, child):
    access = opened(parent, child, *ALL)

    with pytest.raises(Forbidden):
        offer(child, "third@example.org", by=parent.user)
    with pytest.raises(Forbidden):
        services.change(access, scopes=ALL, by=parent.user)


def test_A14_a_patient_offers_a_few_times_a_day_only():
    mother = PatientFactory()
    for number in range(services.OFFERS.most):
        offer(mother, f"one{number}@example.org")

    with pytest.raises(LimitReached):
        offer(mother, "more@example.org")


def test_A14_a_narrower_scope_counts_at_once_and_takes_messages_back(parent):
    mother = PatientFactory()
    access = opened(parent, mother, *ALL)
    told = NotificationFactory(user=parent.user, patient=mother, channel="portal")
    waiting = NotificationFactory(
        user=parent.user, patient=mother, channel="email", state=NotificationState.QUEUED
    )

    services.change(access, scopes=[Scope.MONEY], by=mother.user)

    told.refresh_from_db()
    waiting.refresh_from_db()
    assert not may_act_for(parent.user, mother)
    assert may_act_for(parent.user, mother, Scope.MONEY)
    assert (told.user, waiting.state) == (None, NotificationState.VOID)


@pytest.mark.parametrize("who", ["patient", "proxy", "desk", "admin"])
def test_A14_patient_proxy_and_desk_end_it_at_once(parent, who):
    mother = PatientFactory()
    access = opened(parent, mother, *ALL)
    by = {"patient": mother.user, "proxy": parent.user}.get(who)
    by = by or (AssistantFactory().user if who == "desk" else AdminFactory())

    services.end(access, by=by)

    assert not may_act_for(parent.user, mother)
    assert {one.user for one in Notification.objects.filter(event="access_ended")} == {
        parent.user,
        mother.user,
    }
    with pytest.raises(StaleState):
        services.end(access, by=by)


def test_A14_a_stranger_ends_nothing(parent, child):
    access = opened(parent, child, *ALL)

    with pytest.raises(Forbidden):
        services.end(access, by=PatientFactory().user)


def test_A14_nothing_is_given_of_the_dead(parent, child):
    Patient.objects.filter(pk=child.pk).update(deceased_on=timezone.now().date())

    with pytest.raises(PortalError):
        grant(child, parent)


def test_A14_visible_accesses_are_ones_own(parent, child):
    access = opened(parent, child, *ALL)
    other = ProxyAccessFactory()

    mine = ProxyAccess.objects.visible_to(parent.user)

    assert list(mine) == [access]
    assert other not in ProxyAccess.objects.visible_to(DoctorFactory().user)
    assert set(ProxyAccess.objects.visible_to(AssistantFactory().user)) == {access, other}
