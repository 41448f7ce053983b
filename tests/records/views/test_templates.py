"""The pages of a doctor's own templates of notes (C06)."""

import pytest
from django.urls import reverse

from portal.models import NoteTemplate
from tests.factories import AppointmentFactory, DoctorFactory, in_days

pytestmark = pytest.mark.django_db
LIST = "/notes/templates/"


def typed(name="Check-up", **texts) -> dict:
    return {"name": name, "complaint": "", "findings": "", "diagnosis": "", "plan": ""} | texts


def test_C06_a_template_is_made_used_changed_and_deleted(as_doctor, visit):
    made = as_doctor.post(f"{LIST}new/", typed(findings="Lungs clear"))
    assert made.status_code == 302
    template = NoteTemplate.objects.get()
    assert "Check-up" in as_doctor.get(LIST).content.decode()

    write = reverse("note-write", args=[visit.pk])
    assert f"?template={template.pk}" in as_doctor.get(write).content.decode()
    assert "Lungs clear" in as_doctor.get(write, {"template": template.pk}).content.decode()

    page = f"{LIST}{template.pk}/"
    assert "Lungs clear" in as_doctor.get(page).content.decode()
    as_doctor.post(page, typed("Annual check-up", findings="All clear"))
    template.refresh_from_db()
    assert (template.name, template.findings) == ("Annual check-up", "All clear")
    as_doctor.post(f"{page}delete/")
    assert not NoteTemplate.objects.exists()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (typed("", findings="Lungs clear"), "Enter a name."),
        (typed(), "The template is empty."),
        (typed(findings="x" * 5001), "at most 5000 characters"),
    ],
)
def test_C06_what_is_wrong_is_said_and_what_was_typed_is_kept(as_doctor, form, said):
    answer = as_doctor.post(f"{LIST}new/", form)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert form["findings"] in page


def test_C06_a_name_that_is_used_is_refused(as_doctor):
    as_doctor.post(f"{LIST}new/", typed(plan="Rest"))

    answer = as_doctor.post(f"{LIST}new/", typed(plan="Run"))

    assert answer.status_code == 422
    assert "You have a template of this name." in answer.content.decode()


def test_C06_a_colleagues_template_is_not_there(as_doctor, visit):
    foreign = NoteTemplate.objects.create(doctor=DoctorFactory(), name="Mine", plan="Secret plan")

    for page in (f"{LIST}{foreign.pk}/", reverse("note-write", args=[visit.pk])):
        answer = as_doctor.get(page, {"template": foreign.pk})
        assert answer.status_code == 404
    assert as_doctor.post(f"{LIST}{foreign.pk}/delete/").status_code == 404
    assert NoteTemplate.objects.filter(pk=foreign.pk).exists()


def test_C06_others_have_no_templates(as_patient, as_assistant, as_admin):
    for client in (as_patient, as_assistant, as_admin):
        assert client.get(LIST).status_code == 403


def test_C06_a_template_is_offered_for_new_notes_only(as_doctor, doctor):
    NoteTemplate.objects.create(doctor=doctor, name="Check-up", plan="Rest")
    visit = AppointmentFactory(doctor=doctor, state="completed", starts_at=in_days(-2))
    write = reverse("note-write", args=[visit.pk])
    assert "?template=" in as_doctor.get(write).content.decode()

    as_doctor.post(write, typed(plan="Begun") | {"seen": 0, "save": "1"})

    assert "?template=" not in as_doctor.get(write).content.decode()
