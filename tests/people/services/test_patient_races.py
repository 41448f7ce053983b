"""One form that enters a patient, sent by several at the same moment (A09)."""

from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection

from portal.models import AuditEvent, Patient
from portal.people.services import patients
from tests.factories import AdminFactory

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 4


def enter_at_once(monkeypatch) -> list:
    """What each was told; all have looked for an earlier patient before any of them writes."""
    admin, token, barrier, answers = AdminFactory(), uuid4(), Barrier(AT_ONCE), []
    look = patients.likely_duplicates

    def look_together(**asked):
        found = look(**asked)
        barrier.wait(timeout=30)
        return found

    monkeypatch.setattr(patients, "likely_duplicates", look_together)

    def enter():
        try:
            phone = "+34600111222"
            answers.append(patients.enter("Ana", phone=phone, form_token=token, by=admin).pk)
        except IntegrityError as error:
            answers.append(error)
        finally:
            connection.close()

    threads = [Thread(target=enter) for _n in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_A09_one_form_sent_at_the_same_moment_makes_one_patient(monkeypatch):
    answers = enter_at_once(monkeypatch)

    assert answers == [Patient.objects.get().pk] * AT_ONCE
    assert AuditEvent.objects.count() == 1


def test_proof_that_the_race_notices_a_form_without_its_token(monkeypatch):
    monkeypatch.setattr(patients, "_made_by_same_form", lambda _patient: None)

    answers = enter_at_once(monkeypatch)

    assert sum(isinstance(answer, IntegrityError) for answer in answers) == AT_ONCE - 1
