"""A doctor notes what was found, and the patient reads it (C06), with and without JavaScript."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import expect

from portal.accounts.sessions import USED_AT
from portal.models import Doctor, EncounterNote
from tests.factories import AppointmentFactory, DoctorFactory, PatientFactory, in_days
from tests.flows.mailbox import link_in
from tests.flows.steps import DEMO_PASSWORD

MODES = [pytest.param(True, id="with-javascript"), pytest.param(False, id="without-javascript")]
CLINICAL = ("Tendinitis", "Pain in the heel", "Rest for two weeks")


@pytest.fixture
def visit(clinic):
    """Of today, with people of its own; it is over."""
    starts_at = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    return AppointmentFactory(
        doctor=DoctorFactory(),
        patient=PatientFactory(),
        starts_at=starts_at,
        state="completed",
    )


def open_note(page, visit) -> None:
    """From the day's list of the doctor, by the appointment's page."""
    day = visit.starts_at.astimezone(visit.office.zone).date()
    page.goto(f"/appointments/?day={day.isoformat()}")
    page.get_by_role("link", name=visit.reference).click()
    page.get_by_role("link", name="Note", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Note")


def text_of(mail) -> str:
    return mail.get_body(("plain",)).get_content()


@pytest.mark.parametrize("script", MODES)
def test_C06_a_doctor_writes_signs_and_amends_and_the_patient_reads(
    script, visit, page_of, look, mailbox, quiet_console
):
    quiet_console.allow("status of 422")
    doctor = page_of(visit.doctor.user, javascript=script)
    patient = page_of(visit.patient.user, javascript=script)

    open_note(doctor, visit)
    look(doctor)
    doctor.get_by_label("Complaint").fill("Pain in the heel")
    doctor.get_by_role("button", name="Save the draft").click()
    expect(doctor.get_by_text("The draft is saved.")).to_be_visible()
    expect(doctor.get_by_label("Complaint")).to_have_value("Pain in the heel")
    doctor.get_by_label("Diagnosis").fill("Tendinitis")
    doctor.get_by_label("Plan").fill("Rest for two weeks")
    doctor.get_by_role("button", name="Sign", exact=True).click()
    expect(doctor.get_by_text("The note is signed.")).to_be_visible()
    look(doctor)

    told = mailbox.newest(to=visit.patient.user.email, about="note")
    assert not [word for word in CLINICAL if word in text_of(told) + told["Subject"]]
    patient.goto(link_in(told))
    expect(patient.get_by_text("Rest for two weeks")).to_be_visible()
    look(patient)
    patient.get_by_role("link", name="Records").last.click()
    expect(patient.get_by_text("Tendinitis")).to_be_visible()
    look(patient)

    doctor.get_by_role("link", name="Amend").click()
    doctor.get_by_label("Diagnosis").fill("Tendinitis, left")
    doctor.get_by_role("button", name="Sign", exact=True).click()
    expect(doctor.get_by_text("Say why it is amended.").first).to_be_visible()
    look(doctor)
    doctor.get_by_label("Why it is amended").fill("The side was missing")
    doctor.get_by_role("button", name="Sign", exact=True).click()
    expect(doctor.get_by_text("Amended, version 2")).to_be_visible()
    look(doctor)

    mailbox.newest(to=visit.patient.user.email, about="amended a note")
    _reads_both(patient, visit, look)


def _reads_both(patient, visit, look) -> None:
    patient.goto(visit.get_absolute_url())
    patient.get_by_role("link", name="Read the note").click()
    expect(patient.get_by_text("The side was missing")).to_be_visible()
    expect(patient.get_by_text("Tendinitis", exact=True)).to_be_visible()
    expect(patient.get_by_text("Tendinitis, left")).to_be_visible()
    look(patient)
    patient.goto("/records/opened/")
    expect(patient.get_by_text(visit.doctor.name).first).to_be_visible()
    look(patient)


@pytest.mark.parametrize("script", MODES)
def test_C06_a_note_that_is_held_back_is_announced_and_released(
    script, visit, page_of, look, mailbox, quiet_console
):
    quiet_console.allow("status of 422")
    doctor = page_of(visit.doctor.user, javascript=script)
    patient = page_of(visit.patient.user, javascript=script)

    open_note(doctor, visit)
    doctor.get_by_label("Diagnosis").fill("Tendinitis")
    doctor.get_by_text("Hold it back from the patient", exact=True).click()
    doctor.get_by_label("Hold it back from the patient for days").fill("5")
    doctor.get_by_role("button", name="Sign", exact=True).click()
    expect(doctor.get_by_text("Say why it is held back.").first).to_be_visible()
    look(doctor)
    doctor.get_by_label("Why it is held back").fill("I call first")
    doctor.get_by_role("button", name="Sign", exact=True).click()
    held = doctor.get_by_text(re.compile("Held back from the patient until .* I call first"))
    expect(held).to_be_visible()
    look(doctor)
    patient.goto("/records/")
    expect(patient.get_by_text("is held back until")).to_be_visible()
    expect(patient.get_by_role("main")).not_to_contain_text("Tendinitis")
    look(patient)

    doctor.get_by_role("button", name="Let the patient read it now").click()
    expect(doctor.get_by_text("The patient reads it now, and is told.")).to_be_visible()

    mailbox.newest(to=visit.patient.user.email, about="added a note")
    patient.reload()
    expect(patient.get_by_text("Tendinitis")).to_be_visible()
    expect(patient.get_by_text("is held back until")).to_have_count(0)


def test_C06_what_is_typed_saves_itself_and_is_there_after_a_reload(visit, page_of, look):
    page = page_of(visit.doctor.user)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))

    open_note(page, visit)
    for text in ("Pain in the heel", ", since Monday"):
        with page.expect_response("**/note/draft/") as saved:
            page.get_by_label("Complaint").press_sequentially(text, delay=5)
        assert saved.value.status == 200
    expect(page.get_by_text("Draft saved at")).to_be_visible()
    look(page)
    page.reload()

    expect(page.get_by_label("Complaint")).to_have_value("Pain in the heel, since Monday")
    assert asked == [], "what is saved is left without a question"
    page.get_by_label("Plan").press_sequentially("Re")
    page.reload()
    assert asked == ["beforeunload"]


def test_C06_two_windows_keep_both_texts(visit, page_of, look, quiet_console):
    quiet_console.allow("status of 409")
    first, second = page_of(visit.doctor.user), page_of(visit.doctor.user)
    for page in (first, second):
        open_note(page, visit)

    first.get_by_label("Complaint").press_sequentially("First window")
    expect(first.get_by_text("Draft saved at")).to_be_visible()
    second.get_by_label("Complaint").press_sequentially("Second window")
    expect(second.get_by_text("saved in another window")).to_be_visible()
    expect(second.get_by_label("Complaint")).to_have_value("Second window")
    look(second)
    assert EncounterNote.objects.get(appointment=visit).complaint == "First window"

    second.get_by_role("button", name="Save the draft").click()
    expect(second.get_by_role("alert").get_by_text("First window")).to_be_visible()
    expect(second.get_by_label("Complaint")).to_have_value("Second window")
    look(second)
    second.get_by_role("button", name="Save the draft").click()
    expect(second.get_by_text("The draft is saved.")).to_be_visible()
    assert EncounterNote.objects.get(appointment=visit).complaint == "Second window"


def test_C06_enter_in_a_field_saves_and_does_not_sign(visit, page_of):
    page = page_of(visit.doctor.user)
    open_note(page, visit)

    page.get_by_label("Plan").fill("Rest for two weeks")
    page.get_by_text("Hold it back from the patient", exact=True).click()
    page.get_by_label("Why it is held back").press("Enter")

    expect(page.get_by_text("The draft is saved.")).to_be_visible()
    assert not EncounterNote.objects.get(appointment=visit).is_signed


def end_sessions(user) -> None:
    """As if nobody had used them for an hour."""
    for row in Session.objects.all():
        session = SessionStore(row.session_key)
        if session.get("_auth_user_id") == str(user.pk):
            session[USED_AT] -= 60 * 60
            session.save()


@pytest.mark.parametrize("script", MODES)
def test_C06_what_was_sent_after_the_session_had_ended_is_kept(script, page_of):
    doctor = Doctor.objects.get(user__email="doctor@example.com")
    visit = AppointmentFactory(
        doctor=doctor, starts_at=in_days(-3, hour=2 + script), state="completed"
    )
    page = page_of(doctor.user, javascript=script)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"/appointments/{visit.pk}/note/")

    end_sessions(doctor.user)
    page.get_by_label("Plan").fill("Rest for two weeks")
    if not script:
        page.get_by_role("button", name="Save the draft").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))
    page.get_by_label("Email address or username").fill(doctor.user.email)
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Not saved yet")).to_be_visible()
    page.get_by_role("button", name="Save it now").click()

    expect(page.get_by_text("The draft is saved.")).to_be_visible()
    expect(page.get_by_label("Plan")).to_have_value("Rest for two weeks")
