"""A note's page, releasing it, and lists of notes (C06)."""

import pytest
from django.urls import reverse

from portal.models import AuditEvent, EncounterNote
from tests.factories import (
    AppointmentFactory,
    EncounterNoteFactory,
    PatientFactory,
    PatientMergeFactory,
    ProxyAccessFactory,
    SignedNoteFactory,
    in_days,
)
from tests.plugins.people import signed_in

HELD = {"note__held_until": in_days(9), "note__held_reason": "I call first"}
RECORDS = reverse("records")


def signed(visit, text="Sprain", **values) -> EncounterNote:
    return SignedNoteFactory(
        note__appointment=visit, note__diagnosis=text, diagnosis=text, **values
    ).note


def visit_of(patient, **values):
    return AppointmentFactory(patient=patient, **{"state": "completed"} | values)


def chart(patient) -> str:
    return reverse("patient-records", args=[patient.pk])


def text_of(client, url: str, **query) -> str:
    answer = client.get(url, query)
    assert answer.status_code == 200
    return answer.content.decode()


def reads() -> list[tuple]:
    found = AuditEvent.objects.filter(verb="read").order_by("pk")
    return list(found.values_list("actor_id", "object_type", "object_id"))


def test_C06_the_patient_reads_what_is_signed(as_patient, as_doctor, visit):
    note = signed(visit)

    assert "Sprain" in text_of(as_patient, note.get_absolute_url())
    assert "Sprain" in text_of(as_patient, RECORDS)
    assert note.get_absolute_url() in text_of(as_patient, visit.get_absolute_url())
    assert "Sprain" in text_of(as_doctor, chart(visit.patient))
    assert reads() == [(as_doctor.user.pk, "patient", visit.patient_id)]


def test_C06_a_draft_is_its_authors(as_patient, as_doctor, visit):
    draft = EncounterNoteFactory(appointment=visit, diagnosis="Perhaps")
    colleague = signed_in(visit_of(visit.patient).doctor.user)

    assert "Perhaps" in text_of(as_doctor, draft.get_absolute_url())
    assert "Draft" in text_of(as_doctor, chart(visit.patient))
    for client in (as_patient, colleague):
        assert client.get(draft.get_absolute_url()).status_code == 404
    assert "No notes yet" in text_of(as_patient, RECORDS)
    assert "No notes yet" in text_of(colleague, chart(visit.patient))
    assert draft.get_absolute_url() not in text_of(as_patient, visit.get_absolute_url())


def test_C06_what_is_held_back_is_announced_and_released(as_patient, as_doctor, visit):
    note = signed(visit, "Serious", **HELD)
    colleague = signed_in(visit_of(visit.patient).doctor.user)

    listed = text_of(as_patient, RECORDS)
    assert "is held back until" in listed
    assert "Serious" not in listed
    assert "I call first" not in listed
    assert as_patient.get(note.get_absolute_url()).status_code == 404
    assert "I call first" in text_of(as_doctor, note.get_absolute_url())
    other = text_of(colleague, note.get_absolute_url())
    assert "I call first" in other
    assert reverse("note-release", args=[note.pk]) not in other

    answer = as_doctor.post(reverse("note-release", args=[note.pk]))

    assert answer["Location"] == note.get_absolute_url()
    assert "Serious" in text_of(as_patient, note.get_absolute_url())
    assert "held back" not in text_of(as_patient, RECORDS)


def test_C06_only_its_author_releases_it_and_once(as_patient, as_assistant, as_doctor, visit):
    note = signed(visit, **HELD)
    url = reverse("note-release", args=[note.pk])
    colleague = signed_in(visit_of(visit.patient).doctor.user)

    statuses = {one.post(url).status_code for one in (as_patient, as_assistant)}
    assert statuses == {404}
    assert colleague.post(url).status_code == 403
    assert as_doctor.get(url).status_code == 405
    as_doctor.post(url)
    again = as_doctor.post(url, follow=True)
    assert "This note is not held back." in again.content.decode()


def test_C06_a_doctor_who_does_not_treat_reads_nothing(visit):
    note = signed(visit)
    stranger = signed_in(visit_of(PatientFactory()).doctor.user)
    cancelled = signed_in(visit_of(visit.patient, state="cancelled").doctor.user)

    assert stranger.get(chart(visit.patient)).status_code == 404
    assert cancelled.get(chart(visit.patient)).status_code == 403
    for client in (stranger, cancelled):
        assert client.get(note.get_absolute_url()).status_code == 404
        assert client.get(RECORDS).status_code == 403


def test_C06_desk_and_admins_read_nothing(as_assistant, as_admin, visit):
    note = signed(visit)

    for client in (as_assistant, as_admin):
        assert client.get(note.get_absolute_url()).status_code == 404
        assert client.get(chart(visit.patient)).status_code == 403
        assert client.get(RECORDS).status_code == 403
        assert "Sprain" not in text_of(client, visit.get_absolute_url())
    assert reads() == [
        (as_assistant.user.pk, "appointment", visit.pk),
        (as_admin.user.pk, "appointment", visit.pk),
    ]


def test_C06_A14_who_looks_after_them_chooses_whose(as_patient, patient, visit):
    child = PatientFactory(name="Tim Núñez", user=None)
    ProxyAccessFactory(user=patient.user, patient=child, appointments=False, records=True)
    note = signed(visit_of(child), "Measles")

    own, of_child = text_of(as_patient, RECORDS), text_of(as_patient, RECORDS, patient=child.pk)

    assert f"?patient={child.pk}" in own
    assert "Measles" not in own
    assert "Measles" in of_child
    assert "Tim Núñez" in text_of(as_patient, note.get_absolute_url())
    assert reads() == [
        (patient.user.pk, "patient", child.pk),
        (patient.user.pk, "encounternote", note.pk),
    ]


@pytest.mark.parametrize("page", ["records", "records-opened"])
@pytest.mark.parametrize("which", ["foreign", "appointments", "x", str(2**70)])
def test_C06_A14_another_patient_is_not_found(as_patient, patient, page, which):
    other = PatientFactory(user=None)
    if which == "appointments":
        ProxyAccessFactory(user=patient.user, patient=other)
    asked = other.pk if which in ("foreign", "appointments") else which

    answer = as_patient.get(reverse(page), {"patient": asked})

    assert answer.status_code == (404 if asked == other.pk else answer.status_code)
    assert other.name not in answer.content.decode()
    assert answer.status_code in (200, 404)
    assert reads() == []


def test_C06_notes_of_a_merged_chart_are_the_kept_patients(as_patient, as_doctor, patient, visit):
    gone = PatientFactory(user=None, merged_into=patient)
    PatientMergeFactory(kept=patient, gone=gone)

    assert "No notes yet" in text_of(as_patient, RECORDS)
    assert as_doctor.get(chart(gone)).status_code == 404


def test_C06_the_latest_visit_comes_first_and_fifty_fit_on_a_page(as_patient, doctor, patient):
    for number in range(51):
        visit = visit_of(patient, doctor=doctor, starts_at=in_days(-60 + number))
        signed(visit, f"Diagnosis {number:02}")

    first, second = text_of(as_patient, RECORDS), text_of(as_patient, RECORDS, page=2)

    assert first.index("Diagnosis 50") < first.index("Diagnosis 01")
    assert "Diagnosis 00" not in first
    assert "Diagnosis 00" in second
    assert "Diagnosis 50" in text_of(as_patient, RECORDS, page="x")


@pytest.mark.parametrize("who", ["patient", "doctor"])
def test_C06_the_queries_do_not_grow_with_the_notes(
    who, as_patient, as_doctor, patient, doctor, django_assert_max_num_queries
):
    client = as_patient if who == "patient" else as_doctor
    url = RECORDS if who == "patient" else chart(patient)
    counts = []
    for number in range(45):
        visit = visit_of(patient, doctor=doctor, starts_at=in_days(-60 + number))
        signed(visit, **(HELD if number % 9 == 0 else {}))
        if number in (1, 44):
            text_of(client, url)  # what is read once and kept
            with django_assert_max_num_queries(100) as asked:
                text_of(client, url)
            counts.append(len(asked))

    assert counts[0] == counts[1]
