"""What the database refuses by itself, whatever program talks to it."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from portal.audit.services import sealing
from portal.database import guards
from portal.enums import AppointmentState, SlotState
from portal.models import Appointment, AuditEvent, AuditSeal, Slot
from tests.factories import (
    AppointmentFactory,
    DoctorFactory,
    PatientFactory,
    SlotFactory,
    in_days,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def refused(write):
    with pytest.raises(IntegrityError), transaction.atomic():
        write()


def run(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


# --- Overlaps ---------------------------------------------------------------------------------

# minutes after 10:00 at which the second begins and ends; the first is 10:00 to 11:00
OVERLAPS = [(0, 60), (15, 75), (-30, 15), (15, 45), (-30, 90), (59, 119)]
NEIGHBOURS = [(60, 120), (-60, 0), (61, 90)]


def span(minutes):
    start = in_days(2, 10)
    return {
        "starts_at": start + timedelta(minutes=minutes[0]),
        "ends_at": start + timedelta(minutes=minutes[1]),
    }


@pytest.mark.parametrize("minutes", OVERLAPS)
def test_database_refuses_overlapping_slots_of_a_doctor(minutes):
    doctor = SlotFactory(**span((0, 60))).doctor

    refused(lambda: SlotFactory(doctor=doctor, **span(minutes)))


@pytest.mark.parametrize("minutes", NEIGHBOURS)
def test_database_allows_neighbouring_slots(minutes):
    doctor = SlotFactory(**span((0, 60))).doctor

    SlotFactory(doctor=doctor, **span(minutes))

    assert doctor.slots.count() == 2


def test_database_refuses_to_move_or_reopen_a_slot_into_another():
    doctor = SlotFactory(**span((0, 60))).doctor
    later = SlotFactory(doctor=doctor, **span((60, 120)))
    withdrawn = SlotFactory(doctor=doctor, state=SlotState.WITHDRAWN, **span((15, 45)))

    refused(lambda: Slot.objects.filter(pk=later.pk).update(**span((30, 90))))
    refused(lambda: Slot.objects.filter(pk=withdrawn.pk).update(state=SlotState.OPEN))


def test_slots_of_two_doctors_may_overlap():
    SlotFactory(**span((0, 60)))

    SlotFactory(**span((15, 75)))

    assert Slot.objects.count() == 2


@pytest.mark.parametrize("minutes", OVERLAPS)
def test_database_refuses_overlapping_appointments_of_a_patient(minutes):
    patient = AppointmentFactory(**span((0, 60))).patient

    refused(lambda: AppointmentFactory(patient=patient, **span(minutes)))


@pytest.mark.parametrize("minutes", NEIGHBOURS)
def test_database_allows_neighbouring_appointments(minutes):
    patient = AppointmentFactory(**span((0, 60))).patient

    AppointmentFactory(patient=patient, **span(minutes))

    assert patient.appointments.count() == 2


def test_database_refuses_to_revive_an_appointment_over_another():
    patient = AppointmentFactory(**span((0, 60))).patient
    cancelled = AppointmentFactory(
        patient=patient, state=AppointmentState.CANCELLED, **span((30, 90))
    )
    again = Appointment.objects.filter(pk=cancelled.pk)

    refused(lambda: again.update(state=AppointmentState.ARRIVED))


def test_database_refuses_two_holders_of_a_slot():
    held = AppointmentFactory()

    refused(lambda: AppointmentFactory(doctor=held.doctor, slot=held.slot))


def test_two_patients_may_overlap():
    doctor = DoctorFactory()
    AppointmentFactory(**span((0, 60)))

    AppointmentFactory(doctor=doctor, patient=PatientFactory(), **span((15, 75)))

    assert Appointment.objects.count() == 2


# --- The audit trail --------------------------------------------------------------------------


@pytest.fixture
def event():
    return AuditEvent.objects.create(verb="book", object_type="appointment", object_id=1)


def test_audit_event_cannot_be_changed(event):
    event.verb = "cancel"

    refused(event.save)
    refused(lambda: AuditEvent.objects.filter(pk=event.pk).update(verb="cancel"))
    refused(lambda: run("UPDATE portal_auditevent SET verb = 'x' WHERE id = %s", event.pk))

    assert AuditEvent.objects.get(pk=event.pk).verb == "book"


def test_audit_event_cannot_be_removed(event):
    refused(event.delete)
    refused(lambda: AuditEvent.objects.all().delete())
    refused(lambda: run("DELETE FROM portal_auditevent"))

    assert AuditEvent.objects.filter(pk=event.pk).exists()


COLUMNS = (
    "id, at, verb, actor_name, actor_role, object_type, object_id, changes, request_id, row_hash"
)
VALUES = "id, at, 'x', '', '', object_type, object_id, '{}', '', row_hash"
# Each database has a way past its triggers for changes and removals.
BACK_DOORS = {
    "sqlite": f"INSERT OR REPLACE INTO portal_auditevent ({COLUMNS})"
    f" SELECT {VALUES} FROM portal_auditevent",
    "postgresql": "TRUNCATE portal_auditevent",
}


def test_audit_trail_has_no_back_door(event):
    refused(lambda: run(BACK_DOORS[connection.vendor]))

    assert AuditEvent.objects.get(pk=event.pk).verb == "book"


@pytest.fixture
def seal(event):
    sealing.seal(by=None)
    return AuditSeal.objects.get()


def test_F01_a_seal_cannot_be_changed_or_removed(seal):
    seal.digest = "0" * 64

    refused(seal.save)
    refused(seal.delete)
    refused(lambda: run("UPDATE portal_auditseal SET count = 2"))
    refused(lambda: run("DELETE FROM portal_auditseal"))
    if connection.vendor == "postgresql":
        refused(lambda: run("TRUNCATE portal_auditseal"))

    assert AuditSeal.objects.get().digest != "0" * 64


@pytest.mark.only_on("postgresql")
def test_F01_no_month_of_the_audit_trail_can_be_emptied_by_its_own_name(event):
    with connection.cursor() as cursor:
        months = guards.partitions(cursor)

    assert len(months) >= 4
    for month in months:
        refused(lambda name=month: run(f"TRUNCATE {name}"))
    month = f"portal_auditevent_{event.at:%Y_%m}"
    refused(lambda: run(f"DELETE FROM {month}"))
    refused(lambda: run(f"UPDATE {month} SET verb = 'x'"))


def test_nothing_is_longer_than_a_day():
    refused(lambda: SlotFactory(**span((0, 24 * 60 + 1))))
    refused(lambda: AppointmentFactory(slot=SlotFactory(), **span((0, 24 * 60 + 1))))


# --- The guards themselves --------------------------------------------------------------------


def is_guarded(event):
    """Whether each guard does its work now; leaves no rows."""
    with transaction.atomic():
        doctor, patient = DoctorFactory(), PatientFactory()
        SlotFactory(doctor=doctor, **span((0, 60)))
        AppointmentFactory(patient=patient, **span((0, 60)))
        writes = (
            lambda: SlotFactory(doctor=doctor, **span((15, 75))),
            lambda: AppointmentFactory(patient=patient, **span((15, 75))),
            lambda: AuditEvent.objects.filter(pk=event.pk).update(verb="x"),
            lambda: run("DELETE FROM portal_auditevent"),
        )
        results = [is_refused(write) for write in writes]
        transaction.set_rollback(True)
    return results


def is_refused(write):
    try:
        with transaction.atomic():
            write()
            transaction.set_rollback(True)
    except IntegrityError:
        return True
    return False


def remove_every_guard():
    guards.remove(connection)
    for table, (name, *_rest) in guards.NO_OVERLAP.items():
        if connection.vendor == "postgresql":
            run(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        else:
            run(f"DROP TRIGGER {name}_insert")
            run(f"DROP TRIGGER {name}_update")


def test_guards_survive_another_migrate(event):
    call_command("migrate", verbosity=0)

    assert is_guarded(event) == [True] * 4


def test_guards_are_put_back_where_they_are_missing(event):
    remove_every_guard()
    assert is_guarded(event) == [False] * 4

    call_command("migrate", verbosity=0)

    assert is_guarded(event) == [True] * 4
