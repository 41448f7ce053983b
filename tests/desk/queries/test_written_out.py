"""What is written as SQL for the day sheet says what the ORM says."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from portal.desk.queries.desk import DeskRow, FreeSlot, day_sheet, doctors_at, free_slots
from portal.enums import AppointmentState, DoctorState, SlotAudience, SlotState
from portal.models import Appointment, Doctor, Patient, Slot
from portal.models.account import UserState
from portal.models.appointment import HOLDING
from tests.factories import (
    AppointmentFactory,
    DoctorFactory,
    OfferFactory,
    OfficeFactory,
    SlotFactory,
)

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 4)


def seconds(moment: datetime | None) -> int | None:
    return int(moment.timestamp()) if moment else None


def is_on_day(one) -> bool:
    return one.starts_at.astimezone(one.office.zone).date() == DAY


def row_of(one: Appointment) -> DeskRow:
    return DeskRow(
        pk=one.pk,
        starts_s=int(one.starts_at.timestamp()),
        ends_s=int(one.ends_at.timestamp()),
        state=one.state,
        reference=one.reference,
        reason=one.reason,
        is_coming=one.coming_at is not None,
        arrived_s=seconds(one.arrived_at),
        in_room_s=seconds(one.in_room_at),
        answer_by_s=seconds(one.answer_by),
        patient_id=one.patient_id,
        patient=one.patient.name,
        born=one.patient.date_of_birth,
        born_about=one.patient.birth_year_about,
        phone=one.patient.phone.as_e164 if one.patient.phone else "",
        is_deceased=one.patient.deceased_on is not None,
        is_not_written_to=one.patient.is_not_written_to,
        doctor_id=one.doctor_id,
        doctor=one.doctor.name,
        office_id=one.office_id,
        version=one.version,
        is_extra=one.slot.is_extra,
        is_by_video=one.mode == "video",
        zone=one.office.zone,
    )


def free_of(one: Slot) -> FreeSlot:
    doctor = one.doctor
    return FreeSlot(
        pk=one.pk,
        starts_s=int(one.starts_at.timestamp()),
        state=one.state,
        audience=one.audience,
        doctor_id=one.doctor_id,
        doctor=doctor.name,
        office_id=one.office_id,
        is_bookable=doctor.state == DoctorState.APPROVED and doctor.user.state == UserState.ACTIVE,
        zone=one.office.zone,
    )


@pytest.fixture
def offices() -> list:
    return [OfficeFactory(time_zone=zone) for zone in ("Europe/Madrid", "America/Lima")]


def test_the_day_sheet_is_what_the_orm_reads(offices):
    doctors = [DoctorFactory(office=office) for office in (*offices, offices[0])]
    for hour, state in enumerate(AppointmentState.values):
        for doctor in doctors:
            starts_at = datetime(2026, 3, 4, 8 + hour, tzinfo=doctor.office.zone)
            AppointmentFactory(doctor=doctor, starts_at=starts_at, state=state)
    midnight = datetime(2026, 3, 5, tzinfo=UTC)
    AppointmentFactory(doctor=doctors[0], starts_at=midnight)
    AppointmentFactory(doctor=doctors[1], starts_at=midnight)
    holding = list(Appointment.objects.filter(state__in=HOLDING).order_by("pk"))
    changes = (
        {"reason": "Knee <pain>", "coming_at": timezone.now()},
        {"arrived_at": timezone.now(), "in_room_at": timezone.now()},
        {"mode": "video", "version": 7, "answer_by": timezone.now()},
    )
    for one, values in zip(holding, changes, strict=False):
        Appointment.objects.filter(pk=one.pk).update(**values)
    patients = Patient.objects.filter(pk__in=[holding[0].patient_id, holding[1].patient_id])
    patients.update(is_not_written_to=True)
    Patient.objects.filter(pk=holding[1].patient_id).update(deceased_on=DAY)
    Slot.objects.filter(pk=holding[3].slot_id).update(is_extra=True)

    of_orm = Appointment.objects.select_related("patient", "doctor", "office", "slot")
    in_order = of_orm.order_by("starts_at", "doctor__search_name", "pk")
    expected = [row_of(one) for one in in_order if is_on_day(one)]

    rows = day_sheet(offices, DAY)

    assert rows == expected
    assert len(rows) == 3 * len(AppointmentState.values) + 1
    assert {(row.is_coming, row.is_extra, row.is_by_video) for row in rows} > {(False,) * 3}
    assert {(row.is_deceased, row.is_not_written_to) for row in rows} == {
        (False, False),
        (False, True),
        (True, True),
    }


def test_free_slots_are_what_the_orm_reads(offices):
    doctors = [DoctorFactory(office=offices[0]), DoctorFactory(office=offices[1])]
    doctors.append(DoctorFactory(office=offices[0], state=DoctorState.PENDING))
    doctors.append(DoctorFactory(office=offices[1], user__state=UserState.BLOCKED))
    for number, audience in enumerate(SlotAudience.values):
        for doctor in doctors:
            starts_at = datetime(2026, 3, 4, 9 + number, tzinfo=doctor.office.zone)
            SlotFactory(doctor=doctor, starts_at=starts_at, audience=audience)
            later = starts_at + timedelta(hours=5)
            OfferFactory(slot=SlotFactory(doctor=doctor, starts_at=later, state=SlotState.OFFERED))
            SlotFactory(doctor=doctor, starts_at=later + timedelta(hours=5), state=SlotState.TAKEN)

    free = Slot.objects.filter(state__in=[SlotState.OPEN, SlotState.OFFERED])
    in_order = free.select_related("doctor__user", "office").order_by(
        "starts_at", "doctor__search_name", "pk"
    )
    expected = [free_of(one) for one in in_order if is_on_day(one)]

    found = free_slots(offices, DAY)

    assert found == expected
    assert {one.is_bookable for one in found} == {True, False}


def test_doctors_at_are_what_the_orm_reads(offices):
    for name in ("Dr Ångström", "Dr Zoë", "Dr angel"):
        DoctorFactory(office=offices[0], name=name)
    DoctorFactory()

    of_orm = Doctor.objects.filter(office__in=offices).order_by("search_name", "pk")

    assert doctors_at(offices) == list(of_orm.values_list("pk", "name"))
