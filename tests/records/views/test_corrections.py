"""The pages on which a correction is asked for and answered (C11)."""

import pytest
from django.urls import reverse

from portal.models import Correction
from tests.factories import EncounterNoteFactory, PatientFactory, SignedNoteFactory
from tests.plugins.people import signed_in

pytestmark = pytest.mark.django_db
ASK, ANSWER = "Ask for a correction", "Your answer"


@pytest.fixture
def note(visit):
    return SignedNoteFactory(note__appointment=visit).note


def page_of(client, note) -> str:
    answer = client.get(note.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode()


def ask(client, note, text="The left knee"):
    return client.post(reverse("correction-ask", args=[note.pk]), {"text": text})


def answer(client, note, text="Amended, thank you"):
    return client.post(reverse("correction-answer", args=[note.pk]), {"answer": text})


def test_C11_from_the_question_to_the_answer(as_patient, as_doctor, note):
    assert ASK in page_of(as_patient, note)
    assert ask(as_patient, note).status_code == 302

    waiting = page_of(as_patient, note)
    assert "The left knee" in waiting
    assert "Not answered yet." in waiting
    assert ASK not in waiting

    assert ANSWER in page_of(as_doctor, note)
    assert answer(as_doctor, note).status_code == 302
    for client in (as_patient, as_doctor):
        both = page_of(client, note)
        assert "The left knee" in both
        assert "Amended, thank you" in both
    assert ASK in page_of(as_patient, note)


def test_C11_an_empty_text_is_refused_beside_its_field(as_patient, as_doctor, note):
    refused = ask(as_patient, note, " ")
    assert (refused.status_code, "Say what is wrong." in refused.content.decode()) == (422, True)

    ask(as_patient, note)
    refused = answer(as_doctor, note, "")
    assert (refused.status_code, "Write an answer." in refused.content.decode()) == (422, True)


def test_C11_what_was_typed_is_kept_if_it_is_too_long(as_patient, note):
    text = "Left. " * 200

    refused = ask(as_patient, note, text)

    assert refused.status_code == 422
    assert text.strip() in refused.content.decode()
    assert not Correction.objects.exists()


def test_C11_an_answered_one_is_not_answered_again(as_patient, as_doctor, note):
    ask(as_patient, note)
    answer(as_doctor, note, "First")

    again = answer(as_doctor, note, "Second")

    assert again.status_code == 302
    assert Correction.objects.get().answer == "First"


def test_C11_the_patient_does_not_answer_nor_the_doctor_ask(as_patient, as_doctor, note):
    assert ask(as_doctor, note).status_code == 403
    ask(as_patient, note)

    assert answer(as_patient, note).status_code == 403
    assert Correction.objects.get().answered_at is None


def test_C11_a_foreign_note_and_a_draft_are_not_there(as_patient, as_doctor, note, visit):
    stranger = signed_in(PatientFactory().user)
    draft = EncounterNoteFactory(appointment__doctor=visit.doctor)

    assert ask(stranger, note).status_code == 404
    assert answer(as_doctor, draft).status_code == 404
    assert not Correction.objects.exists()
