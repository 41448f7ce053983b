"""Offices are created, edited, closed and opened again (requirement B01)."""

from datetime import time

import pytest

from portal.clinic.services import offices
from portal.diary.services import hours, slots
from portal.errors import Forbidden, PortalError, StaleState
from portal.models import AuditEvent, Office, WeeklyHours
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    OfficeFactory,
    SlotFactory,
    WaitFactory,
    in_days,
)

pytestmark = pytest.mark.django_db
VALUES = {
    "name": "Harbour",
    "address": "1 Harbour Street",
    "phone": "+34910000001",
    "time_zone": "Europe/Madrid",
    "reply_to": "",
}


@pytest.fixture
def admin():
    return AdminFactory()


@pytest.fixture
def office():
    return OfficeFactory()


def test_B01_an_admin_creates_an_office(admin):
    office = offices.add(by=admin, **VALUES)

    assert office.is_open
    assert AuditEvent.objects.get(verb="create").object_id == office.pk


def test_B01_a_name_is_used_once(admin):
    offices.add(by=admin, **VALUES)

    with pytest.raises(PortalError) as refusal:
        offices.add(by=admin, **VALUES)
    assert refusal.value.field == "name"


def test_B01_an_admin_edits_what_has_changed(admin, office):
    changed = offices.edit(office, by=admin, phone="+34910000009", name=office.name)

    assert changed == ["phone"]
    assert AuditEvent.objects.get(verb="update").changes == {"fields": ["phone"]}


def test_B01_saving_without_a_change_notes_nothing(admin, office):
    assert offices.edit(office, by=admin, name=office.name) == []
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("verb", ["add", "edit", "close", "reopen"])
def test_B01_nobody_else_does(office, verb):
    by = AssistantFactory(all_offices=True).user
    options = VALUES if verb == "add" else {}
    subject = [] if verb == "add" else [office]

    with pytest.raises(Forbidden):
        getattr(offices, verb)(*subject, by=by, **options)


def test_B01_a_doctor_edits_address_and_phone_of_their_own_office(office):
    doctor = DoctorFactory(office=office)

    offices.edit_contact(office, by=doctor.user, address="2 New Street", phone="+34910000002")

    office.refresh_from_db()
    assert office.address == "2 New Street"


@pytest.mark.parametrize("state", ["approved", "pending"])
def test_B01_no_other_doctor_does(office, state):
    doctor = DoctorFactory(office=office if state == "pending" else OfficeFactory(), state=state)

    with pytest.raises(Forbidden):
        offices.edit_contact(office, by=doctor.user, address="Elsewhere", phone="+34910000002")


def test_B01_an_empty_office_closes_and_opens_again(admin, office):
    offices.close(office, by=admin)
    assert not Office.objects.open().filter(pk=office.pk).exists()
    with pytest.raises(StaleState):
        offices.close(office, by=admin)

    offices.reopen(office, by=admin)
    assert Office.objects.open().filter(pk=office.pk).exists()
    with pytest.raises(StaleState):
        offices.reopen(office, by=admin)
    verbs = AuditEvent.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["close", "reopen"]


def _appointment(office):
    AppointmentFactory(doctor=DoctorFactory(), office=office)


def _free_time(office):
    SlotFactory(doctor=DoctorFactory(), office=office)


def _offer(office):
    SlotFactory(doctor=DoctorFactory(), office=office, state="offered")


def _hours(office):
    block = {"weekday": 0, "starts": time(9), "ends": time(13), "valid_from": in_days(0).date()}
    WeeklyHours.objects.create(doctor=DoctorFactory(), office=office, **block)


def _wait(office):
    WaitFactory(doctor=None, office=office)


@pytest.mark.parametrize("stands", [_appointment, _free_time, _offer, _hours, _wait])
def test_B01_it_stays_open_while_something_stands_there(admin, office, stands):
    stands(office)

    with pytest.raises(PortalError, match="cannot be closed yet"):
        offices.close(office, by=admin)
    office.refresh_from_db()
    assert office.is_open


def test_B01_what_is_over_does_not_keep_it_open(admin, office):
    past = {"doctor": DoctorFactory(), "office": office, "starts_at": in_days(-2)}
    AppointmentFactory(**past, state="completed")

    assert not offices.close(office, by=admin).is_open


def test_B01_its_doctors_go_to_another_office(admin, office):
    doctor, target = DoctorFactory(office=office), OfficeFactory()

    with pytest.raises(PortalError) as refusal:
        offices.close(office, by=admin)
    assert refusal.value.field == "doctors_to"

    offices.close(office, doctors_to=target, by=admin)
    doctor.refresh_from_db()
    assert doctor.office == target
    event = AuditEvent.objects.get(verb="change_office")
    assert event.changes == {"before": office.pk, "after": target.pk}


def test_B01_they_cannot_go_to_a_closed_one(admin, office):
    DoctorFactory(office=office)
    closed = OfficeFactory(closed_at=in_days(-1))

    with pytest.raises(PortalError):
        offices.close(office, doctors_to=closed, by=admin)


def test_B01_no_time_is_made_at_a_closed_office(admin, office):
    doctor = DoctorFactory()
    offices.close(office, by=admin)
    times = {"starts_at": in_days(3), "ends_at": in_days(3, 11)}

    # `office` was read before: what counts is what is saved.
    with pytest.raises(PortalError, match="closed for good"):
        slots.create_slot(doctor, office=office, by=doctor.user, **times)
    block = WeeklyHours(
        office=office, weekday=0, starts=time(9), ends=time(13), valid_from=in_days(0).date()
    )
    with pytest.raises(PortalError, match="closed for good"):
        hours.add(doctor, blocks=[block], confirmed=None, by=doctor.user)
