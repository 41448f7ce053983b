"""A note that is signed in two windows at once, or while its patient is merged (C06)."""

from functools import partial

import pytest
from django.db import IntegrityError

from portal.errors import NoteChanged, PortalError
from portal.models import Appointment, EncounterNote, PatientMerge, SignedNote, locks
from portal.models.record import TEXTS
from portal.people.queries.merge_values import fingerprint
from portal.people.services import merged_rows, patient_merges
from portal.records.services import notes
from tests.factories import AdminFactory, AppointmentFactory, EncounterNoteFactory, PatientFactory
from tests.reliability import life
from tests.reliability.pairs import counted, meet, on_postgresql, without

pytestmark = pytest.mark.django_db(transaction=True)


def signing(visit: Appointment, text: str, seen: int = 0) -> partial:
    texts = dict.fromkeys(TEXTS, "") | {"plan": text}
    return partial(notes.sign, visit, texts=texts, seen=seen, by=visit.doctor.user)


def merging(gone) -> partial:
    kept = PatientFactory(user=None)
    return partial(
        patient_merges.merge,
        kept,
        gone,
        choices={},
        seen=fingerprint(kept, gone),
        reason="Twice",
        by=AdminFactory(),
    )


@pytest.mark.parametrize("is_begun", [True, False])
def test_C06_two_windows_sign_at_once_and_one_is_told(is_begun):
    visit = AppointmentFactory(state="completed")
    seen = EncounterNoteFactory(appointment=visit).version if is_begun else 0

    with counted() as found:
        first, second = meet(
            signing(visit, "First", seen), signing(visit, "Second", seen), notes, "_saved"
        )

    assert (type(first), type(second), found) == (SignedNote, NoteChanged, [0])
    assert second.note.plan == "First"
    assert list(SignedNote.objects.values_list("number", "plan")) == [(1, "First")]
    assert life.broken() == []


def test_C06_the_same_text_signed_twice_at_once_is_signed_once():
    visit = AppointmentFactory(state="completed")

    first, second = meet(signing(visit, "Rest"), signing(visit, "Rest"), notes, "_saved")

    assert type(first) is SignedNote
    assert type(second) is PortalError
    assert SignedNote.objects.count() == 1


@pytest.mark.parametrize("is_begun", [True, False])
def test_C06_A17_a_note_goes_with_the_patient_who_is_merged_meanwhile(is_begun):
    visit = AppointmentFactory(state="completed", patient=PatientFactory(user=None))
    seen = EncounterNoteFactory(appointment=visit).version if is_begun else 0

    with counted() as found:
        signed, merged = meet(signing(visit, "Rest", seen), merging(visit.patient), notes, "_saved")

    assert (type(signed), type(merged), found) == (SignedNote, PatientMerge, [0])
    assert EncounterNote.objects.get().patient == merged.kept
    assert life.broken() == []


def test_C06_A17_a_note_that_is_signed_after_the_merge_is_about_who_stays():
    visit = AppointmentFactory(state="completed", patient=PatientFactory(user=None))

    merged, signed = meet(
        merging(visit.patient), signing(visit, "Rest"), merged_rows, "known_numbers"
    )

    assert (type(merged), type(signed)) == (PatientMerge, SignedNote)
    assert EncounterNote.objects.get().patient == merged.kept
    assert life.broken() == []


@on_postgresql
def test_proof_that_without_the_appointments_lock_both_windows_would_begin_the_note():
    visit = AppointmentFactory(state="completed")

    def read(pk: int) -> Appointment:
        return Appointment.objects.select_related("patient__user", "doctor__user").get(pk=pk)

    with without((locks, "appointment", read)):
        _first, second = meet(signing(visit, "First"), signing(visit, "Second"), notes, "_saved")

    assert type(second) is IntegrityError
