"""A doctor's own templates of notes."""

import pytest

from portal.errors import Forbidden, LimitReached, PortalError, StaleState
from portal.models import NoteTemplate
from portal.records.services import templates
from tests.factories import DoctorFactory

pytestmark = pytest.mark.django_db
EMPTY = {"complaint": "", "findings": "", "diagnosis": "", "plan": ""}


@pytest.fixture
def doctor():
    return DoctorFactory()


def save(doctor, name="Check-up", *, by=None, pk=None, **texts) -> NoteTemplate:
    by = by or doctor.user
    return templates.store(doctor, name=name, texts=EMPTY | texts, pk=pk, by=by)


def test_C06_a_template_is_made_changed_and_deleted(doctor):
    made = save(doctor, findings="Lungs clear")
    changed = save(doctor, "Annual check-up", pk=made.pk, findings="Lungs and heart clear")

    assert (changed.pk, changed.name) == (made.pk, "Annual check-up")
    templates.remove(doctor, pk=made.pk, by=doctor.user)
    assert not NoteTemplate.objects.exists()
    with pytest.raises(StaleState):
        templates.remove(doctor, pk=made.pk, by=doctor.user)


def test_C06_templates_are_ones_own(doctor):
    made, other = save(doctor, plan="Rest"), DoctorFactory()

    with pytest.raises(Forbidden):
        save(doctor, by=other.user, pk=made.pk, plan="Mine")
    with pytest.raises(StaleState):
        save(other, pk=made.pk, plan="Mine")
    with pytest.raises(StaleState):
        templates.remove(other, pk=made.pk, by=other.user)


def test_C06_names_are_used_once_and_templates_say_something(doctor):
    save(doctor, plan="Rest")

    with pytest.raises(PortalError) as twice:
        save(doctor, plan="Run")
    with pytest.raises(PortalError) as empty:
        save(doctor, "Other", plan=" ")

    assert (twice.value.field, empty.value.field) == ("name", "complaint")
    assert save(DoctorFactory(), plan="Rest").name == "Check-up"


def test_C06_there_are_so_many_templates_at_most(doctor, monkeypatch):
    monkeypatch.setattr(templates, "MOST", 1)
    save(doctor, plan="Rest")

    with pytest.raises(LimitReached):
        save(doctor, "Other", plan="Run")
