"""Doctors whom the clinic brings in itself (requirements A03, A15)."""

import pytest
from django.utils import timezone

from portal.enums import DoctorState, Role
from portal.errors import PortalError
from portal.models import Doctor, User
from portal.people.services import staff_doctors
from portal.setup.services import set_up
from tests.factories import (
    AdminFactory,
    DoctorFactory,
    OfficeFactory,
    SpecialtyFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
LICENCE = {"licence_number": "L-1", "practising_since": 2010, "fee_cents": 6050}


@pytest.fixture
def login():
    return UserFactory(role=Role.DOCTOR, name="Dr Ana Ruiz")


def place(**closed) -> dict:
    return {
        "office": OfficeFactory(name="Harbour", closed_at=closed.get("office")),
        "specialty": SpecialtyFactory(name="Dermatology", closed_at=closed.get("specialty")),
    }


def test_A15_a_doctor_is_approved_and_named_like_the_login(login):
    doctor = staff_doctors.add_approved(login, **place(), **LICENCE, by=login)

    doctor.refresh_from_db()
    assert (doctor.name, doctor.state) == ("Dr Ana Ruiz", DoctorState.APPROVED)
    assert (doctor.licence_number, doctor.fee_cents) == ("L-1", 6050)


@pytest.mark.parametrize(
    ("field", "said"), [("office", "Harbour is closed"), ("specialty", "Dermatology is closed")]
)
def test_A15_none_begins_at_a_closed_place(login, field, said):
    with pytest.raises(PortalError, match=said) as refusal:
        staff_doctors.add_approved(
            login,
            **place(**{field: timezone.now()}),
            licence_number="L-1",
            practising_since=2010,
            fee_cents=0,
            by=login,
        )

    assert refusal.value.field == field
    assert not Doctor.objects.exists()


def test_A15_a_refused_doctor_leaves_no_login():
    taken = DoctorFactory()

    with pytest.raises(PortalError, match="registered already"):
        set_up.add_doctor(
            email="new@example.org",
            name="Dr New",
            specialty=taken.specialty,
            office=taken.office,
            licence_number=taken.licence_number,
            practising_since=2010,
            fee_cents=0,
            by=AdminFactory(),
        )

    assert not User.objects.filter(email="new@example.org").exists()
