"""The page on which a doctor writes, signs and amends a note (C06)."""

import re

import pytest
from django.urls import reverse

from portal.models import AuditEvent, EncounterNote
from portal.models.record import LONGEST, TEXTS
from tests.factories import (
    AppointmentFactory,
    EncounterNoteFactory,
    PatientFactory,
    SignedNoteFactory,
    in_days,
)

HTMX = {"headers": {"HX-Request": "true"}}
SEEN = re.compile(r'name="seen" value="(\d*)"')


def typed(seen=0, **given) -> dict:
    return dict.fromkeys(TEXTS, "") | {"seen": seen} | given


def write_url(visit) -> str:
    return reverse("note-write", args=[visit.pk])


def draft_url(visit) -> str:
    return reverse("note-draft", args=[visit.pk])


def texts_of(answer) -> str:
    return answer.content.decode()


def test_C06_a_draft_is_saved_by_its_button_and_shown_again(as_doctor, visit):
    saved = as_doctor.post(write_url(visit), typed(complaint="Knee\r\npain", save="1"))

    assert saved["Location"] == write_url(visit)
    page = texts_of(as_doctor.get(write_url(visit)))
    assert "Knee\npain" in page
    assert "The draft is saved." in page
    assert SEEN.findall(page) == ["1"]


def test_C06_the_page_saves_by_itself(as_doctor, visit):
    first = as_doctor.post(draft_url(visit), typed(complaint="Knee"), **HTMX)
    second = as_doctor.post(draft_url(visit), typed(seen=1, complaint="Knee, left"), **HTMX)

    assert (first.status_code, second.status_code) == (200, 200)
    assert "Draft saved at" in texts_of(second)
    assert SEEN.findall(texts_of(second)) == ["2"]
    assert "<h1" not in texts_of(second)
    assert EncounterNote.objects.get().complaint == "Knee, left"


def test_C06_what_another_window_saved_is_kept_and_shown(as_doctor, visit):
    as_doctor.post(draft_url(visit), typed(complaint="First window"), **HTMX)

    second = as_doctor.post(draft_url(visit), typed(complaint="Second window"), **HTMX)

    assert second.status_code == 409
    assert "saved in another window" in texts_of(second)
    assert SEEN.findall(texts_of(second)) == ["0"], "the next saving asks again"
    assert EncounterNote.objects.get().complaint == "First window"


@pytest.mark.parametrize("button", ["save", "sign"])
def test_C06_the_button_of_another_window_shows_both_texts_and_then_saves(as_doctor, visit, button):
    as_doctor.post(draft_url(visit), typed(complaint="First window"), **HTMX)

    refused = as_doctor.post(write_url(visit), typed(complaint="Second window") | {button: "1"})
    page = texts_of(refused)
    again = as_doctor.post(
        write_url(visit), typed(seen=SEEN.findall(page)[0], complaint="Both") | {button: "1"}
    )

    assert refused.status_code == 409
    assert "First window" in page
    assert "Second window</textarea>" in page
    assert "hx-post" not in page[page.index("<main") :], "nothing is saved until it was compared"
    assert again.status_code == 302
    assert EncounterNote.objects.get().complaint == "Both"


def test_C06_another_window_has_signed_meanwhile(as_doctor, visit):
    SignedNoteFactory(note__appointment=visit, note__complaint="Signed")

    refused = as_doctor.post(write_url(visit), typed(complaint="Mine", sign="1"))

    assert refused.status_code == 409
    assert "Why it is amended" in texts_of(refused)
    assert EncounterNote.objects.get().signed.count() == 1


@pytest.mark.parametrize("url", [write_url, draft_url])
def test_C06_a_text_that_is_too_long_is_refused_beside_its_field(as_doctor, visit, url):
    extra = HTMX if url is draft_url else {}
    refused = as_doctor.post(url(visit), typed(plan="x" * (LONGEST + 1), save="1"), **extra)

    assert refused.status_code == 422
    assert "at most 5000 characters" in texts_of(refused)
    assert "Plan" in texts_of(refused)
    assert SEEN.findall(texts_of(refused)) == ["0"]
    assert not EncounterNote.objects.exists()


@pytest.mark.parametrize("seen", ["", "x", "-1", str(2**40)])
@pytest.mark.parametrize("url", [write_url, draft_url])
def test_C06_a_version_that_is_none_is_refused(as_doctor, visit, url, seen):
    extra = HTMX if url is draft_url else {}

    assert as_doctor.post(url(visit), typed(seen=seen, plan="x"), **extra).status_code == 422


def test_C06_what_is_said_about_signing_does_not_stop_the_saving(as_doctor, visit):
    answer = as_doctor.post(draft_url(visit), typed(plan="Rest", hold_days="thr"), **HTMX)

    assert answer.status_code == 200


def test_C06_the_saving_that_came_too_late_is_answered_with_the_page(as_doctor, visit):
    """Once signed in again, the browser sends it as a plain form."""
    answer = as_doctor.post(draft_url(visit), typed(plan="Rest"))

    assert answer["Location"] == write_url(visit)
    assert EncounterNote.objects.get().plan == "Rest"


def test_C06_signing_leads_to_the_note(as_doctor, visit):
    answer = as_doctor.post(write_url(visit), typed(diagnosis="Sprain", sign="1"), follow=True)

    note = EncounterNote.objects.get()
    assert answer.redirect_chain[-1][0] == note.get_absolute_url()
    assert "The note is signed." in texts_of(answer)
    assert "Sprain" in texts_of(answer)
    assert note.is_signed


def test_C06_an_empty_note_is_refused_beside_its_field(as_doctor, visit):
    refused = as_doctor.post(write_url(visit), typed(plan="  \n", sign="1"))

    assert refused.status_code == 422
    assert "The note is empty." in texts_of(refused)


def test_C06_the_same_signing_sent_twice_signs_once(as_doctor, visit):
    form = typed(plan="Rest", sign="1")

    answers = [as_doctor.post(write_url(visit), form).status_code for _ in range(2)]

    assert answers == [302, 422]
    assert EncounterNote.objects.get().signed.count() == 1


def test_C06_an_amendment_asks_why_and_keeps_what_was_typed(as_doctor, visit):
    note = SignedNoteFactory(note__appointment=visit, note__complaint="Knee").note

    page = texts_of(as_doctor.get(write_url(visit)))
    form = typed(seen=note.version, complaint="Left knee", sign="1")
    refused = as_doctor.post(write_url(visit), form)
    signed = as_doctor.post(write_url(visit), form | {"reason": "The side"}, follow=True)

    assert "Amend the note" in page
    assert "hold_days" not in page
    assert refused.status_code == 422
    assert "Say why it is amended." in texts_of(refused)
    assert "Left knee</textarea>" in texts_of(refused)
    shown = texts_of(signed)
    assert shown.index("Left knee") < shown.index("replaced") < shown.index(">Knee<")
    assert "The side" in shown


def test_C06_an_amendment_that_is_begun_is_told_to_its_author_only(as_doctor, as_patient, visit):
    note = SignedNoteFactory(note__appointment=visit, note__complaint="Knee").note
    as_doctor.post(draft_url(visit), typed(seen=note.version, complaint="Secret"), **HTMX)

    own = texts_of(as_doctor.get(note.get_absolute_url()))
    patients = texts_of(as_patient.get(note.get_absolute_url()))

    assert "begun an amendment" in own
    assert "begun an amendment" not in patients
    assert "Secret" not in own + patients


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"hold_days": "3"}, "Say why it is held back."),
        ({"hold_days": "91", "hold_reason": "x"}, "less than or equal to 90"),
        ({"hold_days": "0", "hold_reason": "x"}, "greater than or equal to 1"),
        ({"hold_days": "soon", "hold_reason": "x"}, "Enter a whole number"),
    ],
)
def test_C06_holding_back_is_refused_beside_its_field(as_doctor, visit, given, said):
    refused = as_doctor.post(write_url(visit), typed(plan="Rest", sign="1") | given)

    assert refused.status_code == 422
    assert said in texts_of(refused)
    assert "<details open>" in texts_of(refused)


def test_C06_as_last_time_begins_with_what_the_doctor_signed_last(as_doctor, doctor, patient):
    for days, text in ((-30, "Older"), (-20, "Latest")):
        before = AppointmentFactory(
            doctor=doctor, patient=patient, state="completed", starts_at=in_days(days)
        )
        SignedNoteFactory(note__appointment=before, note__plan=text, plan=text)
    foreign = AppointmentFactory(patient=patient, state="completed", starts_at=in_days(-10))
    SignedNoteFactory(note__appointment=foreign, plan="Colleague's")
    visit = AppointmentFactory(doctor=doctor, patient=patient, starts_at=in_days(0))

    empty = texts_of(as_doctor.get(write_url(visit)))
    filled = texts_of(as_doctor.get(write_url(visit), {"as": "last"}))

    assert "As last time" in empty
    assert "Latest</textarea>" not in empty
    assert "Latest</textarea>" in filled
    assert "Older" not in filled
    assert "Colleague" not in filled
    assert SEEN.findall(filled) == ["0"]


def test_C06_a_note_that_is_begun_is_not_replaced_by_the_last(as_doctor, doctor, patient, visit):
    before = AppointmentFactory(
        doctor=doctor, patient=patient, state="completed", starts_at=in_days(-9)
    )
    SignedNoteFactory(note__appointment=before, plan="Last")
    EncounterNoteFactory(appointment=visit, plan="Begun")

    page = texts_of(as_doctor.get(write_url(visit), {"as": "last"}))

    assert "Begun</textarea>" in page
    assert "Last</textarea>" not in page


def test_C06_nothing_is_written_about_the_appointment_of_another(
    as_patient, as_assistant, as_admin, as_doctor, visit
):
    foreign = AppointmentFactory(patient=visit.patient, state="completed")
    asked = [client.get(write_url(visit)) for client in (as_patient, as_assistant, as_admin)]
    sent = [
        client.post(draft_url(visit), typed(plan="x"), **HTMX)
        for client in (as_patient, as_assistant, as_admin)
    ]

    assert {one.status_code for one in asked + sent} == {403}
    assert as_doctor.get(write_url(foreign)).status_code == 404
    assert not EncounterNote.objects.exists()


@pytest.mark.parametrize("state", ["requested", "cancelled"])
def test_C06_nothing_is_written_about_what_did_not_stand(as_doctor, doctor, state):
    visit = AppointmentFactory(doctor=doctor, patient=PatientFactory(), state=state)

    assert as_doctor.get(write_url(visit)).status_code == 403


def test_C06_wrong_methods(as_doctor, visit):
    assert as_doctor.get(draft_url(visit)).status_code == 405
    assert as_doctor.put(write_url(visit)).status_code == 405


def test_C06_C09_opening_the_page_is_in_the_trail(as_doctor, visit):
    as_doctor.get(write_url(visit))

    read = AuditEvent.objects.get(verb="read")
    assert (read.object_type, read.object_id) == ("appointment", visit.pk)
    assert read.patient_id == visit.patient_id


def test_C06_the_doctor_comes_from_the_appointments_page(as_doctor, as_assistant, visit):
    own = texts_of(as_doctor.get(visit.get_absolute_url()))
    desk = texts_of(as_assistant.get(visit.get_absolute_url()))

    assert write_url(visit) in own
    assert write_url(visit) not in desk
