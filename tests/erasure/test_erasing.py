"""The worker erases who is due (A19)."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from portal.accounts.services import standing
from portal.appointments.services import appointments
from portal.audit.queries.chain import verify
from portal.audit.services import sealing
from portal.clock.today import today_of_clinic
from portal.enums import NotificationState, UserState
from portal.erasure.services import erasing
from portal.errors import ErasedPatient, StaleState
from portal.models import ErasureRequest, Notification, Patient, User
from portal.people.queries.merge_values import fingerprint
from portal.people.queries.patient_data import as_seen
from portal.people.services import patient_changes, patient_merges
from portal.worker.periodic import JOBS
from tests.erasure.conftest import due, make_due, run
from tests.factories import (
    AdminFactory,
    ErasureRequestFactory,
    PatientFactory,
    PatientMergeFactory,
    SlotFactory,
    in_days,
)

pytestmark = pytest.mark.django_db


def last_mail() -> Notification:
    return Notification.objects.get(event="erasure_begins", channel="email")


@pytest.fixture
def request_of_today(patient):
    return ErasureRequestFactory(patient=patient, due_on=today_of_clinic())


def test_A19_the_worker_has_the_job():
    assert JOBS["erase"].run is erasing.run_due


def test_A19_nobody_is_erased_early(patient):
    ErasureRequestFactory(patient=patient, due_on=today_of_clinic() + timedelta(days=1))

    assert (run(), run()) == (0, 0)

    patient.refresh_from_db()
    assert patient.erased_at is None
    assert not Notification.objects.filter(event="erasure_begins").exists()


def test_A19_the_last_mail_goes_out_while_the_address_is_known(patient, request_of_today):
    assert run() == 0  # writes the mail
    assert last_mail().address == patient.user.email
    assert run() == 0  # it is not sent yet

    Notification.objects.filter(pk=last_mail().pk).update(state=NotificationState.SENT)

    assert run() == 1
    assert last_mail().address == ""
    request_of_today.refresh_from_db()
    assert (request_of_today.state, request_of_today.ended_by) == ("done", None)


def test_A19_a_mail_that_does_not_go_out_holds_it_up_for_a_day(request_of_today):
    run()
    ErasureRequest.objects.update(told_at=timezone.now() - timedelta(hours=23))
    assert run() == 0

    ErasureRequest.objects.update(told_at=timezone.now() - timedelta(hours=25))

    assert run() == 1
    assert last_mail().state == NotificationState.VOID


def test_A19_the_last_mail_is_written_once(request_of_today):
    run()
    run()

    assert Notification.objects.filter(event="erasure_begins", channel="email").count() == 1


def test_A19_it_is_done_once(full):
    request = due(full)
    assert run() == 1

    assert run() == 0
    assert erasing.erase(ErasureRequest.objects.get(pk=request.pk), by=None) is False


def test_A19_one_that_fails_does_not_hold_up_the_others(monkeypatch, caplog):
    first, second = due(PatientFactory()), due(PatientFactory())
    erase = erasing.erase

    def fails_once(request, *, by):
        if request.pk == first.pk:
            raise RuntimeError("The disk is full")
        return erase(request, by=by)

    monkeypatch.setattr(erasing, "erase", fails_once)

    assert run() == 1

    assert set(ErasureRequest.objects.waiting()) == {first}
    assert f"Erasure request {first.pk} has failed" in caplog.text
    monkeypatch.undo()
    assert run() == 1
    assert second.patient_id != first.patient_id


def test_A19_what_fails_in_the_middle_leaves_everything(full, monkeypatch):
    request = due(full)
    monkeypatch.setattr(erasing, "ERASED", [*erasing.ERASED[:9], "no such thing"])

    assert run() == 0

    full.refresh_from_db()
    assert full.name == "Canary Núñez"
    assert ErasureRequest.objects.get(pk=request.pk).is_waiting


def test_A19_the_chain_of_the_trail_holds(full):
    due(full)
    sealing.seal(by=None)

    run()
    sealing.seal(by=None)

    report = verify()
    assert (report.fault, report.unsealed) == ("", 0)
    assert report.rows > 0


def test_A19_a_withdrawn_request_erases_nothing(patient):
    request = ErasureRequestFactory(patient=patient, state="withdrawn", ended_at=timezone.now())
    ErasureRequest.objects.filter(pk=request.pk).update(due_on=date(2020, 1, 1))

    assert run() == 0


def test_A19_a_closed_account_is_erased_too(patient):
    standing.close(patient.user, by=patient.user)
    request = due(patient, by=AdminFactory())
    make_due(request)

    assert run() == 1

    assert User.objects.get(pk=patient.user_id).state == UserState.ERASED


# --- Afterwards ------------------------------------------------------------------------------


def test_A19_an_erased_patient_is_not_booked_edited_or_merged(erased):
    admin, slot = AdminFactory(), SlotFactory(starts_at=in_days(3))
    other = PatientFactory(user=None)

    with pytest.raises(ErasedPatient):
        appointments.book(slot.pk, patient_id=erased.pk, by=admin)
    with pytest.raises(ErasedPatient):
        patient_changes.update(erased, seen=as_seen(erased), further_phones=[], name="X", by=admin)
    for pair in ((erased, other), (other, erased)):
        with pytest.raises(ErasedPatient):
            patient_merges.merge(
                *pair, choices={}, seen=fingerprint(*pair), reason="Same", by=admin
            )


def test_A19_a_merge_of_an_erased_patient_is_not_taken_back():
    merge = PatientMergeFactory()
    due(merge.kept)
    run()
    assert Patient.objects.get(pk=merge.gone_id).erased_at

    with pytest.raises(ErasedPatient):
        patient_merges.take_back(merge, by=AdminFactory())


def test_A19_an_erased_account_is_not_opened_again(erased):
    user = User.objects.get(pk=erased.user_id)

    for change in (standing.reopen, standing.unblock, standing.close):
        with pytest.raises(StaleState):
            change(user, by=AdminFactory())
