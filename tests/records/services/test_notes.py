"""Encounter notes: drafts, signing, amending, holding back, and who reads them."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.utils import timezone

from portal.enums import NoteState
from portal.errors import Forbidden, NoteChanged, PortalError, StaleState
from portal.models import AuditEvent, EncounterNote, Notification, SignedNote
from portal.models.record import LONGEST
from portal.records.services import notes
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    PatientFactory,
    ProxyAccessFactory,
    SignedNoteFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit():
    return AppointmentFactory(state="completed")


def texts(**given) -> dict[str, str]:
    return {"complaint": "", "findings": "", "diagnosis": "", "plan": ""} | given


def draft(visit, seen=0, by=None, **given) -> EncounterNote:
    return notes.save_draft(visit, texts=texts(**given), seen=seen, by=by or visit.doctor.user)


def sign(visit, seen=0, **given) -> SignedNote:
    names = ("reason", "hold_days", "hold_reason")
    extra = {name: given.pop(name) for name in names if name in given}
    return notes.sign(visit, texts=texts(**given), seen=seen, by=visit.doctor.user, **extra)


def read_by(user) -> set[EncounterNote]:
    return set(EncounterNote.objects.visible_to(user))


def test_C06_a_draft_is_kept_as_typed_and_read_by_its_author_only(visit):
    made = draft(visit, complaint="  Knee\n\n pain ")

    made.refresh_from_db()
    assert (made.complaint, made.version, made.state) == ("  Knee\n\n pain ", 1, NoteState.DRAFT)
    assert read_by(visit.doctor.user) == {made}
    colleague = AppointmentFactory(patient=visit.patient, state="completed").doctor.user
    for other in (colleague, visit.patient.user, AdminFactory(), AssistantFactory().user):
        assert read_by(other) == set()


def test_C06_two_windows_do_not_overwrite_each_other(visit):
    draft(visit, complaint="first window")

    with pytest.raises(NoteChanged) as refused:
        draft(visit, complaint="second window")

    assert refused.value.note.complaint == "first window"
    assert draft(visit, seen=1, complaint="second window").version == 2


def test_C06_the_same_text_again_is_no_conflict(visit):
    draft(visit, complaint="same")

    assert draft(visit, complaint="same").version == 2


def test_C06_a_signed_note_is_read_by_patient_and_treating_doctors(visit):
    signed = sign(visit, complaint="Knee", plan="Rest")

    colleague = AppointmentFactory(patient=visit.patient).doctor.user
    stranger = DoctorFactory().user
    cancelled = AppointmentFactory(patient=visit.patient, state="cancelled").doctor.user
    assert read_by(visit.patient.user) == read_by(colleague) == {signed.note}
    for other in (stranger, cancelled, PatientFactory().user, AdminFactory()):
        assert read_by(other) == set()
    told = Notification.objects.filter(event="note_signed", user=visit.patient.user)
    assert {one.channel for one in told} == {"email", "portal"}
    assert "Knee" not in str([one.facts for one in told])


@pytest.mark.parametrize("scope", ["appointments", "messages", "records", "money"])
def test_C06_A14_who_looks_after_them_reads_it_with_the_scope_of_records(visit, scope):
    access = ProxyAccessFactory(patient=visit.patient, **{"appointments": False, scope: True})
    signed = sign(visit, complaint="Knee")

    reads = scope == "records"
    assert read_by(access.user) == ({signed.note} if reads else set())
    told = Notification.objects.filter(event="note_signed", user=access.user)
    assert told.exists() == reads


def test_C06_nothing_changes_what_is_signed(visit):
    signed = sign(visit, complaint="Knee")

    draft(visit, seen=1, complaint="Changed")

    signed.refresh_from_db()
    assert signed.complaint == "Knee"
    assert signed.note.signed.count() == 1


@pytest.mark.django_db(transaction=True)
def test_C06_the_database_refuses_to_change_or_delete_what_is_signed():
    signed = SignedNoteFactory()

    with pytest.raises(DatabaseError), transaction.atomic():
        SignedNote.objects.filter(pk=signed.pk).update(complaint="Changed")
    with pytest.raises(DatabaseError), transaction.atomic():
        SignedNote.objects.filter(pk=signed.pk).delete()


def test_C06_an_amendment_says_why_and_keeps_the_old(visit):
    first = sign(visit, complaint="Knee")

    with pytest.raises(PortalError) as why:
        sign(visit, seen=1, complaint="Left knee")
    second = sign(visit, seen=1, complaint="Left knee", reason="Side was missing")

    assert why.value.field == "reason"
    assert [one.complaint for one in first.note.signed.all()] == ["Knee", "Left knee"]
    assert (second.number, second.reason) == (2, "Side was missing")
    assert set(AuditEvent.objects.values_list("verb", flat=True)) >= {"sign_note", "amend_note"}


def test_C06_an_amendment_changes_something(visit):
    sign(visit, complaint="Knee")

    with pytest.raises(PortalError):
        sign(visit, seen=1, complaint="Knee", reason="Again")


def test_C06_an_empty_or_endless_note_is_refused_beside_its_field(visit):
    with pytest.raises(PortalError) as empty:
        sign(visit, complaint=" \n")
    with pytest.raises(PortalError) as long:
        draft(visit, plan="x" * (LONGEST + 1))

    assert (empty.value.field, long.value.field) == ("complaint", "plan")
    assert not EncounterNote.objects.exists()


def test_C06_what_is_held_back_is_read_later_and_told_then(visit):
    signed = sign(visit, diagnosis="Serious", hold_days=3, hold_reason="I call first")
    note, patient = signed.note, visit.patient.user

    assert read_by(patient) == set()
    assert set(EncounterNote.objects.of_patient(patient)) == {note}
    assert notes.release_due(by=None) == 0
    assert not Notification.objects.filter(event="note_signed").exists()

    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1), tick=False):
        assert read_by(patient) == {note}
        assert notes.release_due(by=None) == 1
        assert notes.release_due(by=None) == 0
    assert Notification.objects.filter(event="note_signed", user=patient).exists()


def test_C06_the_author_releases_it_earlier(visit):
    note = sign(visit, diagnosis="Serious", hold_days=3, hold_reason="I call first").note

    colleague = AppointmentFactory(patient=visit.patient).doctor.user
    with pytest.raises(Forbidden):
        notes.release(note, by=colleague)
    notes.release(note, by=visit.doctor.user)

    assert read_by(visit.patient.user) == {note}
    with pytest.raises(StaleState):
        notes.release(note, by=visit.doctor.user)


@pytest.mark.parametrize(
    ("days", "reason", "field"), [(3, "", "hold_reason"), (91, "x", "hold_days")]
)
def test_C06_holding_back_says_why_and_ends(visit, days, reason, field):
    with pytest.raises(PortalError) as refused:
        sign(visit, diagnosis="Serious", hold_days=days, hold_reason=reason)

    assert refused.value.field == field


@pytest.mark.parametrize("state", ["requested", "cancelled", "declined", "expired"])
def test_C06_nothing_is_noted_about_what_did_not_stand(state):
    visit = AppointmentFactory(state=state)

    with pytest.raises(Forbidden):
        draft(visit, complaint="Knee")


def test_C06_only_its_doctor_writes(visit):
    colleague = AppointmentFactory(patient=visit.patient).doctor.user

    for other in (colleague, visit.patient.user, AdminFactory(), AssistantFactory().user):
        with pytest.raises(Forbidden):
            draft(visit, by=other, complaint="Knee")


def test_C06_after_a_handing_over_each_doctor_has_a_note_of_their_own(visit):
    draft(visit, complaint="By the first")
    first = visit.doctor.user
    visit.doctor = DoctorFactory(office=visit.office)
    visit.save()

    draft(visit, complaint="By the second")

    assert EncounterNote.objects.filter(appointment=visit).count() == 2
    with pytest.raises(Forbidden):
        draft(visit, seen=1, by=first, complaint="Late")
