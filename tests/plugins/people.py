"""People who open pages, each with a signed-in client."""

import pytest
from django.test import Client

from tests.factories import AdminFactory, AssistantFactory, DoctorFactory, PatientFactory


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def patient(db):
    return PatientFactory(name="José Núñez")


@pytest.fixture
def doctor(db):
    return DoctorFactory(name="Dr Elena Ruiz")


@pytest.fixture
def as_patient(patient):
    return signed_in(patient.user)


@pytest.fixture
def as_doctor(doctor):
    return signed_in(doctor.user)


@pytest.fixture
def as_assistant(doctor):
    """An assistant of the doctor's office."""
    return signed_in(AssistantFactory(offices=[doctor.office]).user)


@pytest.fixture
def as_admin(db):
    return signed_in(AdminFactory())
