"""A patient says what is wrong in a note, and its author answers."""

import pytest
from django.db import IntegrityError

from portal.errors import Forbidden, PortalError, StaleState
from portal.models import AuditEvent, Correction, Notification
from portal.records.services import corrections
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    EncounterNoteFactory,
    PatientFactory,
    ProxyAccessFactory,
    SignedNoteFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def note():
    return SignedNoteFactory().note


def test_C11_it_goes_to_the_author_is_answered_and_both_stay(note):
    patient, author = note.patient.user, note.author.user

    asked = corrections.ask(note, text=" The left knee ", by=patient)
    assert {one.user for one in Notification.objects.filter(event="correction_asked")} == {author}
    corrections.answer(asked, text="Amended, thank you", by=author)

    asked.refresh_from_db()
    assert (asked.text, asked.answer) == ("The left knee", "Amended, thank you")
    told = Notification.objects.filter(event="correction_answered")
    assert {one.user for one in told} == {patient}
    assert "knee" not in str([one.facts for one in Notification.objects.all()])
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert verbs >= {"ask_correction", "answer_correction"}


def test_C11_one_at_a_time(note):
    corrections.ask(note, text="Left", by=note.patient.user)

    with pytest.raises(StaleState):
        corrections.ask(note, text="Right", by=note.patient.user)
    with pytest.raises(IntegrityError):
        Correction.objects.create(note=note, text="Past the check", asked_by=note.patient.user)


def test_C11_an_answer_is_given_once(note):
    asked = corrections.ask(note, text="Left", by=note.patient.user)
    corrections.answer(asked, text="Yes", by=note.author.user)

    with pytest.raises(StaleState):
        corrections.answer(asked, text="No", by=note.author.user)
    corrections.ask(note, text="Once more", by=note.patient.user)


@pytest.mark.parametrize("scope", ["appointments", "records"])
def test_C11_who_looks_after_them_asks_with_the_scope_of_records(note, scope):
    access = ProxyAccessFactory(patient=note.patient, **{"appointments": False, scope: True})

    if scope == "records":
        asked = corrections.ask(note, text="Left", by=access.user)
        corrections.answer(asked, text="Yes", by=note.author.user)
        told = Notification.objects.filter(event="correction_answered")
        assert {one.user for one in told} == {access.user}
    else:
        with pytest.raises(Forbidden):
            corrections.ask(note, text="Left", by=access.user)


def test_C11_nobody_else_asks_or_answers(note):
    colleague = AppointmentFactory(patient=note.patient).doctor.user
    asked = corrections.ask(note, text="Left", by=note.patient.user)

    for other in (PatientFactory().user, colleague, AdminFactory()):
        with pytest.raises(Forbidden):
            corrections.ask(note, text="Left", by=other)
    for other in (note.patient.user, colleague, AdminFactory()):
        with pytest.raises(Forbidden):
            corrections.answer(asked, text="Yes", by=other)


def test_C11_a_draft_is_not_there_for_the_patient():
    draft = EncounterNoteFactory()

    with pytest.raises(Forbidden):
        corrections.ask(draft, text="Left", by=draft.patient.user)


@pytest.mark.parametrize("text", ["", " \n ", "x" * 1001])
def test_C11_bad_texts_are_refused_beside_their_field(note, text):
    with pytest.raises(PortalError) as ask:
        corrections.ask(note, text=text, by=note.patient.user)
    asked = corrections.ask(note, text="Left", by=note.patient.user)
    with pytest.raises(PortalError) as answer:
        corrections.answer(asked, text=text, by=note.author.user)

    assert (ask.value.field, answer.value.field) == ("text", "answer")
