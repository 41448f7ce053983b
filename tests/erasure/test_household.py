"""Who looks after a patient, and who is looked after by somebody who is erased (A14, A19)."""

import pytest
from django.utils import timezone

from portal.audit.services import audit
from portal.erasure.services import asking
from portal.errors import Forbidden
from portal.models import ErasureRequest, Patient, ProxyAccess
from portal.own_data.queries.everything import everything_about
from tests.erasure.conftest import due, run
from tests.factories import AppointmentFactory, PatientFactory, ProxyAccessFactory

pytestmark = pytest.mark.django_db


def test_A19_who_looks_after_somebody_does_not_have_them_erased():
    access = ProxyAccessFactory()

    with pytest.raises(Forbidden):
        asking.ask(access.patient, seen=[], by=access.user)

    assert not ErasureRequest.objects.exists()


def test_A19_a_request_is_shown_to_the_person_alone():
    access = ProxyAccessFactory(patient=PatientFactory())
    made = asking.ask(access.patient, seen=[], by=access.patient.user)

    assert not ErasureRequest.objects.visible_to(access.user).exists()
    assert list(ErasureRequest.objects.visible_to(access.patient.user)) == [made]


def test_A19_accesses_of_and_to_the_person_go_and_others_stay(patient):
    of_them = ProxyAccessFactory(user=patient.user)
    to_them = ProxyAccessFactory(patient=patient)
    other = ProxyAccessFactory()
    due(patient)

    assert run() == 1

    assert list(ProxyAccess.objects.all()) == [other]
    for one in (of_them.patient, to_them.user.patient):
        assert Patient.objects.get(pk=one.pk).erased_at is None
    assert not Patient.objects.of(to_them.user).filter(pk=patient.pk).exists()


def test_A19_a_copy_of_ones_data_does_not_name_who_was_erased_and_looked_after_one(patient, doctor):
    parent = PatientFactory(name="Canary Parent")
    appointment = AppointmentFactory(patient=patient, doctor=doctor)
    audit.record("cancel", appointment, by=parent.user, patient=patient)
    assert "Canary Parent" in str(everything_about(patient.user, at=timezone.now()).plain())
    due(parent)
    run()

    plain = everything_about(patient.user, at=timezone.now()).plain()

    assert "Canary" not in str(plain)
    assert plain["trail"][-1]["by"] == "Erased"
    assert plain["appointments"][0]["history"][-1]["by"] == "Erased"
