"""Lists of appointments, whose names are joined by SQL, say what the ORM says."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from portal.appointments.queries import appointments
from portal.appointments.queries.appointments import (
    BY_DOCTOR,
    NEWEST,
    SOONEST,
    AppointmentRow,
    Order,
)
from portal.enums import AppointmentState
from portal.models import Appointment, Office
from tests.factories import AppointmentFactory, DoctorFactory, OfficeFactory

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 4)


@pytest.fixture
def found():
    zones = ("Europe/Madrid", "America/Lima")
    doctors = [DoctorFactory(office=OfficeFactory(time_zone=zone)) for zone in zones]
    for hour, state in enumerate(AppointmentState.values):
        for doctor in doctors:
            starts_at = datetime(2026, 3, 4, 8 + hour, tzinfo=doctor.office.zone)
            AppointmentFactory(doctor=doctor, starts_at=starts_at, state=state)
    now = timezone.now()
    some = Appointment.objects.order_by("pk").values_list("pk", flat=True)[:3]
    Appointment.objects.filter(pk__in=list(some)).update(
        arrived_at=now, in_room_at=now + timedelta(microseconds=1), mode="video", reason="100 %s"
    )
    return Appointment.objects.all()


def row_of(one: Appointment) -> AppointmentRow:
    zone, patient, doctor = one.office.zone, one.patient, one.doctor
    return AppointmentRow(
        pk=one.pk,
        starts=one.starts_at.astimezone(zone),
        ends=one.ends_at.astimezone(zone),
        state=one.state,
        reference=one.reference,
        reason=one.reason,
        mode=one.mode,
        arrived_at=one.arrived_at,
        in_room_at=one.in_room_at,
        patient_id=patient.pk,
        patient=patient.name,
        born=patient.date_of_birth,
        born_about=patient.birth_year_about,
        phone=patient.phone.as_e164 if patient.phone else "",
        doctor_id=doctor.pk,
        doctor=doctor.name,
        specialty=doctor.specialty.name,
        office_id=one.office_id,
        office=one.office.name,
        time_zone=one.office.time_zone,
    )


@pytest.mark.parametrize("order", [SOONEST, NEWEST, BY_DOCTOR])
@pytest.mark.parametrize("cut", [None, slice(2, 7)])
def test_rows_are_what_the_orm_reads(found, order: Order, cut):
    of_orm = appointments.with_people(found).order_by(*order.fields)

    rows = appointments.rows(found, order, cut=cut)

    assert rows == [row_of(one) for one in (of_orm[cut] if cut else of_orm)]
    assert len(rows) == (5 if cut else 2 * len(AppointmentState.values))
    assert [row.starts.utcoffset() for row in rows] == [
        row_of(one).starts.utcoffset() for one in (of_orm[cut] if cut else of_orm)
    ]


def test_a_doctors_day_is_what_the_list_says(found):
    """Without the specialty, which nobody needs to be told of."""
    doctor = found.first().doctor

    day = appointments.doctors_day(doctor, DAY, list(Office.objects.all()))

    own = appointments.rows(found.filter(doctor=doctor), SOONEST)
    assert day == [row._replace(specialty="") for row in own]
    assert len(day) == len(AppointmentState.values)
