"""A patient asks for a correction of a note, and the doctor answers (C11), with and without
JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.factories import DoctorFactory, PatientFactory, SignedNoteFactory, in_days
from tests.flows.mailbox import link_in


@pytest.mark.parametrize(
    "script", [pytest.param(True, id="with-javascript"), pytest.param(False, id="without")]
)
def test_C11_a_patient_asks_and_the_doctor_answers(script, clinic, page_of, look, mailbox):
    note = SignedNoteFactory(
        note__appointment__doctor=DoctorFactory(),
        note__appointment__patient=PatientFactory(),
        note__appointment__starts_at=in_days(-1),
    ).note
    patient = page_of(note.patient.user, javascript=script)
    doctor = page_of(note.author.user, javascript=script)

    patient.goto(note.get_absolute_url())
    patient.get_by_text("Something is wrong in this note").click()
    look(patient)
    patient.get_by_label("What is wrong").fill("It was the left knee.")
    patient.get_by_role("button", name="Ask for a correction").click()
    expect(patient.get_by_text("Not answered yet.")).to_be_visible()
    look(patient)

    doctor.goto(link_in(mailbox.newest(to=note.author.user.email, about="correction")))
    expect(doctor.get_by_text("It was the left knee.")).to_be_visible()
    look(doctor)
    doctor.get_by_label("Your answer").fill("Amended, thank you.")
    doctor.get_by_role("button", name="Answer").click()
    expect(doctor.get_by_text("Amended, thank you.")).to_be_visible()

    patient.goto(link_in(mailbox.newest(to=note.patient.user.email, about="answered")))
    expect(patient.get_by_text("Amended, thank you.")).to_be_visible()
    look(patient)
