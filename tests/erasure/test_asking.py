"""Asking to be erased, and withdrawing it (A19)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.accounts.services import linking
from portal.appointments.services import appointments, waitlist
from portal.clock.today import today_of_clinic
from portal.enums import AppointmentState, OfferState, SlotState, WaitState
from portal.erasure.services import asking
from portal.errors import ErasureWaits, Forbidden, PortalError, StaleState
from portal.models import AuditEvent, ClinicSettings, ErasureRequest, Notification
from portal.people.queries.merge_values import fingerprint
from portal.people.services import patient_merges
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    AssistantFactory,
    ErasureRequestFactory,
    OfferFactory,
    PatientFactory,
    PatientMergeFactory,
    SlotFactory,
    WaitFactory,
    in_days,
)

pytestmark = pytest.mark.django_db


def ask(patient, *, seen=(), by=None, **values) -> ErasureRequest:
    return asking.ask(patient, seen=seen, by=by or patient.user, **values)


def test_A19_the_day_is_after_the_clinics_waiting_time(patient):
    ClinicSettings.objects.update_or_create(pk=1, defaults={"erasure_wait_days": 12})

    made = ask(patient)

    assert made.due_on == today_of_clinic() + timedelta(days=12)
    assert (made.state, made.asked_by, made.told_at) == ("waiting", patient.user, None)
    assert AuditEvent.objects.get(verb="ask_erasure").patient_id == patient.pk


def test_A19_thirty_days_if_nobody_has_set_them(patient):
    assert ask(patient).due_on == today_of_clinic() + timedelta(days=30)


def test_A19_what_is_to_come_is_cancelled_and_the_doctor_is_told(patient, doctor):
    own = {"patient": patient, "doctor": doctor}
    coming = AppointmentFactory(**own, starts_at=in_days(3))
    asked = AppointmentFactory(**own, starts_at=in_days(4), state="requested")
    past = AppointmentFactory(**own, starts_at=in_days(-3), state="completed")

    ask(patient, seen=[coming.pk, asked.pk])

    for one in (coming, asked, past):
        one.refresh_from_db()
    assert coming.state == asked.state == AppointmentState.CANCELLED
    assert past.state == AppointmentState.COMPLETED
    coming.slot.refresh_from_db()
    assert coming.slot.state == SlotState.OPEN
    told = Notification.objects.filter(event="appointment_cancelled", user=doctor.user)
    assert told.exists()


def test_A19_entries_of_the_waiting_list_and_offers_end(patient):
    offer = OfferFactory(wait=WaitFactory(patient=patient))
    other = WaitFactory(patient=patient)

    ask(patient)

    offer.refresh_from_db()
    other.refresh_from_db()
    assert (offer.state, other.state) == (OfferState.VOID, WaitState.LEFT)


def test_A19_what_was_not_shown_is_not_cancelled(patient):
    AppointmentFactory(patient=patient, starts_at=in_days(3))

    with pytest.raises(StaleState):
        ask(patient)

    assert not ErasureRequest.objects.exists()


def test_A19_a_near_appointment_is_settled_by_phone(patient):
    near = AppointmentFactory(patient=patient, starts_at=timezone.now() + timedelta(hours=1))

    with pytest.raises(PortalError, match="too late"):
        ask(patient, seen=[near.pk])

    assert not ErasureRequest.objects.exists()


def test_A19_one_request_waits_at_a_time(patient):
    ask(patient)

    with pytest.raises(StaleState):
        ask(patient)
    with pytest.raises(IntegrityError), transaction.atomic():
        ErasureRequestFactory(patient=patient)


def test_A19_it_can_be_asked_for_again_after_it_was_withdrawn(patient):
    asking.withdraw(ask(patient), by=patient.user)

    assert ask(patient).is_waiting


def test_A19_the_person_is_told_by_mail_and_in_the_portal(patient):
    ask(patient)

    told = Notification.objects.filter(event="erasure_asked")
    assert {(one.channel, one.user_id) for one in told} == {
        ("email", patient.user_id),
        ("portal", patient.user_id),
    }
    assert told.get(channel="email").address == patient.user.email


def test_A19_who_has_no_login_is_told_at_the_address_on_file():
    patient = PatientFactory(user=None, email="ana@example.org")

    ask(patient, reason="By letter", by=AdminFactory())

    [told] = Notification.objects.filter(event="erasure_asked")
    assert (told.channel, told.address) == ("email", "ana@example.org")


@pytest.mark.parametrize(
    "values", [{"is_not_written_to": True}, {"deceased_on": in_days(-9).date()}]
)
def test_A19_nobody_writes_to_whom_nobody_may_write(values):
    patient = PatientFactory(user=None, email="ana@example.org", **values)

    ask(patient, reason="By her son", by=AdminFactory())

    assert not Notification.objects.filter(event="erasure_asked").exists()


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201])
def test_A19_an_admin_says_who_has_asked(patient, reason):
    with pytest.raises(PortalError) as refused:
        ask(patient, reason=reason, by=AdminFactory())

    assert refused.value.field == "reason"


def test_A19_only_the_person_and_admins_ask_and_withdraw(patient, doctor):
    request = ErasureRequestFactory(patient=patient)
    others = [PatientFactory().user, doctor.user, AssistantFactory(all_offices=True).user]

    for other in others:
        with pytest.raises(Forbidden):
            ask(patient, reason="No", by=other)
        with pytest.raises(Forbidden):
            asking.withdraw(request, by=other)


def test_A19_withdrawing_keeps_everything(patient):
    coming = AppointmentFactory(patient=patient, starts_at=in_days(3))
    made = ask(patient, seen=[coming.pk])
    admin = AdminFactory()

    asking.withdraw(made, by=admin)

    made.refresh_from_db()
    assert (made.state, made.ended_by) == ("withdrawn", admin)
    coming.refresh_from_db()
    assert coming.state == AppointmentState.CANCELLED
    assert Notification.objects.filter(event="erasure_withdrawn", channel="email").exists()
    assert AuditEvent.objects.filter(verb="withdraw_erasure", patient_id=patient.pk).exists()
    with pytest.raises(StaleState):
        asking.withdraw(made, by=admin)


# --- While it waits --------------------------------------------------------------------------


def test_A19_nothing_is_booked_meanwhile(patient):
    slot = SlotFactory(starts_at=in_days(3))
    ask(patient)

    for by in (patient.user, AdminFactory()):
        with pytest.raises(ErasureWaits):
            appointments.book(slot.pk, patient_id=patient.pk, by=by)


def test_A19_nothing_is_waited_for_meanwhile(patient, doctor):
    ask(patient)

    with pytest.raises(ErasureWaits):
        waitlist.join(patient, wish=waitlist.Wish(doctor=doctor), by=patient.user)


@pytest.mark.parametrize("who_leaves", ["kept", "gone"])
def test_A19_who_leaves_is_not_merged(who_leaves):
    kept, gone = PatientFactory(user=None), PatientFactory(user=None)
    leaves = {"kept": kept, "gone": gone}[who_leaves]
    ask(leaves, reason="By letter", by=AdminFactory())

    with pytest.raises(ErasureWaits):
        patient_merges.merge(
            kept, gone, choices={}, seen=fingerprint(kept, gone), reason="Same", by=AdminFactory()
        )


def test_A19_a_merge_is_not_taken_back_meanwhile():
    merge = PatientMergeFactory()
    ask(merge.kept, reason="By letter", by=AdminFactory())

    with pytest.raises(ErasureWaits):
        patient_merges.take_back(merge, by=AdminFactory())


def test_A19_a_chart_joins_and_leaves_no_account_meanwhile(patient):
    admin, chart = AdminFactory(), PatientFactory(user=None)
    ask(chart, reason="By letter", by=admin)

    with pytest.raises(ErasureWaits):
        linking.link(chart, email=patient.user.email, by=admin)
    ask(patient)
    with pytest.raises(ErasureWaits):
        linking.unlink(patient, reason="Not theirs", by=admin)
