"""Approving, declining, correcting and applying again (requirement A02)."""

import pytest

from portal.enums import DoctorState
from portal.errors import Forbidden, PortalError, StaleState
from portal.models import AuditEvent, Doctor, Notification
from portal.people.services import approvals
from tests.factories import AdminFactory, AssistantFactory, DoctorFactory, SpecialtyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor():
    return DoctorFactory(state=DoctorState.PENDING)


def told(doctor) -> list[str]:
    rows = Notification.objects.filter(user=doctor.user, channel="email")
    return list(rows.values_list("event", flat=True))


def test_A02_an_admin_approves_and_the_doctor_is_told(doctor):
    admin = AdminFactory()

    approvals.approve(doctor, note="Welcome", by=admin)

    doctor.refresh_from_db()
    assert doctor in Doctor.objects.listed()
    assert (doctor.decision_note, doctor.decided_by) == ("Welcome", admin)
    assert told(doctor) == ["doctor_approved"]
    event = AuditEvent.objects.get(verb="approve", object_id=doctor.pk)
    assert "Welcome" not in str(event.changes)


def test_A02_declining_needs_a_note(doctor):
    with pytest.raises(PortalError) as refusal:
        approvals.decline(doctor, note=" ", by=AdminFactory())

    assert refusal.value.field == "note"
    doctor.refresh_from_db()
    assert doctor.state == DoctorState.PENDING

    approvals.decline(doctor, note="No such licence", by=AdminFactory())

    doctor.refresh_from_db()
    assert doctor.state == DoctorState.REJECTED
    assert told(doctor) == ["doctor_declined"]


def test_A02_the_second_of_two_admins_is_told_of_the_first(doctor):
    approvals.decline(doctor, note="No such licence", by=AdminFactory())

    with pytest.raises(StaleState) as refusal:
        approvals.approve(doctor, by=AdminFactory())

    assert "Not approved" in str(refusal.value.message)
    assert told(doctor) == ["doctor_declined"]


@pytest.mark.parametrize("who", [AssistantFactory, DoctorFactory])
def test_A02_only_admins_decide(doctor, who):
    by = who().user

    for decide in (approvals.approve, approvals.decline, approvals.restore):
        with pytest.raises(Forbidden):
            decide(doctor, note="x", by=by)
    with pytest.raises(Forbidden):
        approvals.correct(doctor, name="Other", by=by)


def test_A02_an_address_that_is_not_confirmed_is_not_approved(doctor):
    doctor.user.emailaddress_set.update(verified=False)

    with pytest.raises(PortalError, match="not confirmed"):
        approvals.approve(doctor, by=AdminFactory())


def test_A02_a_declined_doctor_corrects_and_applies_again(doctor):
    admin = AdminFactory()
    approvals.decline(doctor, note="Wrong licence", by=admin)

    approvals.apply_again(doctor, licence_number="NEW 1", by=doctor.user)

    doctor.refresh_from_db()
    assert (doctor.state, doctor.licence_number) == (DoctorState.PENDING, "NEW 1")
    assert Notification.objects.filter(user=admin, event="doctor_applied").count() == 1


@pytest.mark.parametrize("state", [DoctorState.PENDING, DoctorState.APPROVED, "withdrawn"])
def test_A02_only_a_declined_doctor_applies_again(doctor, state):
    Doctor.objects.filter(pk=doctor.pk).update(state=state)

    with pytest.raises(StaleState):
        approvals.apply_again(doctor, licence_number="NEW", by=doctor.user)


def test_A02_nobody_applies_for_another_doctor(doctor):
    with pytest.raises(Forbidden):
        approvals.apply_again(doctor, by=AdminFactory())


def test_A02_an_admin_corrects_and_the_login_has_the_new_name(doctor):
    specialty = SpecialtyFactory()

    approvals.correct(doctor, name="Dr Right Name", specialty=specialty, by=AdminFactory())

    doctor.refresh_from_db()
    assert (doctor.user.name, doctor.specialty) == ("Dr Right Name", specialty)
    event = AuditEvent.objects.get(verb="correct", object_id=doctor.pk)
    assert event.changes["fields"] == ["name", "specialty"]


def test_A02_a_licence_is_compared_without_blanks_and_case(doctor):
    DoctorFactory(licence_number="ab 12")

    with pytest.raises(PortalError) as refusal:
        approvals.correct(doctor, licence_number="A B12", by=AdminFactory())

    assert refusal.value.field == "licence_number"
