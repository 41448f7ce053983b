"""Nothing that is typed into a note leaves the pages of those who may read it (C06)."""

import json

import pytest
from django.core import mail
from django.urls import reverse

from portal.models import AuditEvent, EncounterNote, Notification
from portal.models.record import TEXTS
from tests.factories import AppointmentFactory, ProxyAccessFactory
from tests.plugins.people import signed_in
from tests.setups.outbox import deliver_all

WORD = "Zyklothymia"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def visit(doctor, patient):
    return AppointmentFactory(doctor=doctor, patient=patient, state="completed")


def typed(seen: int, **values) -> dict:
    return {name: f"{WORD} {name}" for name in TEXTS} | {"seen": seen} | values


@pytest.fixture
def everything_done(as_doctor, as_patient, visit, caplog):
    """A draft, a conflict, a refusal, a signature held back, an amendment, the release and a
    correction."""
    caplog.set_level("INFO")
    ProxyAccessFactory(patient=visit.patient, appointments=False, records=True)
    write = reverse("note-write", args=[visit.pk])
    draft = reverse("note-draft", args=[visit.pk])
    held = {"hold_days": 3, "hold_reason": f"{WORD} first"}
    as_doctor.post(draft, typed(0), headers=HTMX)
    assert as_doctor.post(draft, typed(0, plan=WORD), headers=HTMX).status_code == 409
    assert as_doctor.post(write, typed(1, sign="1", hold_days=3)).status_code == 422
    as_doctor.post(write, typed(1, sign="1", **held))
    note = EncounterNote.objects.get()
    changed = typed(note.version, plan=f"{WORD} again", reason=f"{WORD} too", sign="1")
    assert as_doctor.post(write, changed).status_code == 302
    as_doctor.post(reverse("note-release", args=[note.pk]))
    as_patient.post(reverse("correction-ask", args=[note.pk]), {"text": f"{WORD} is wrong"})
    as_doctor.post(reverse("correction-answer", args=[note.pk]), {"answer": f"{WORD} is right"})
    assert note.signed.count() == 2
    assert note.corrections.exclude(answer="").exists()
    return note


def test_C06_no_mail_message_log_or_trail_has_a_word_of_it(
    everything_done, patient, doctor, caplog
):
    deliver_all()

    assert len({one.to[0] for one in mail.outbox}) >= 2, "the patient and who looks after them"
    for one in mail.outbox:
        assert WORD not in one.message().as_string() + one.subject + one.body
    assert WORD not in json.dumps(list(Notification.objects.values("facts")), default=str)
    trail = list(AuditEvent.objects.values())
    assert {"begin_note", "sign_note", "amend_note", "release_note"} <= {
        one["verb"] for one in trail
    }
    assert WORD not in json.dumps(trail, default=str)
    assert WORD not in caplog.text


def test_C06_nobody_finds_it_by_searching(
    everything_done, visit, as_doctor, as_assistant, as_admin
):
    for client in (as_doctor, as_assistant, as_admin):
        page = client.get(reverse("search"), {"q": WORD})
        assert page.status_code == 200
        assert visit.reference not in page.content.decode()


@pytest.mark.usefixtures("everything_done")
def test_C06_admins_find_it_in_no_list_or_file(visit, as_admin):
    pages = [reverse(name) for name in ("manage-audit", "manage-messages", "manage-figures-csv")]
    pages += [visit.get_absolute_url(), visit.patient.get_absolute_url()]
    pages += [reverse("manage-audit-event", args=[pk]) for pk in _events()]

    for url in pages:
        answer = as_admin.get(url)
        assert answer.status_code == 200, url
        assert WORD.encode() not in answer.getvalue(), url
    exported = as_admin.post(reverse("manage-audit-export")).getvalue()
    assert b"sign_note" in exported
    assert WORD.encode() not in exported


def _events() -> list[int]:
    return list(AuditEvent.objects.filter(object_type="encounternote").values_list("pk", flat=True))


@pytest.mark.parametrize("scope", ["appointments", "messages", "money"])
def test_C06_A14_it_is_in_no_page_of_who_looks_after_other_things(everything_done, visit, scope):
    given = {"appointments": False, scope: True}
    client = signed_in(ProxyAccessFactory(patient=visit.patient, **given).user)

    for url in ("dashboard", "appointments", "notifications", "records", "records-opened"):
        assert WORD not in client.get(reverse(url)).content.decode(), url
    page = client.get(visit.get_absolute_url())
    assert page.status_code == (200 if scope == "appointments" else 404)
    assert WORD not in page.content.decode()
    assert everything_done.get_absolute_url() not in page.content.decode()
