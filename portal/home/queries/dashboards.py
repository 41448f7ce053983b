"""The content of the start page for each role."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from portal.appointments.queries.appointments import with_people
from portal.clock.grid import local_day
from portal.clock.today import today_in
from portal.enums import AppointmentState, DoctorState, SlotState
from portal.models import HOLDING, Appointment, Doctor, Office, Patient, User
from portal.people.queries import applications


@dataclass(frozen=True)
class PatientDashboard:
    coming: list[Appointment]
    doctors_seen: list[Doctor]


def of_patient(user: User) -> PatientDashboard:
    """The next five appointments, and up to three doctors seen most recently: two queries."""
    mine = Appointment.objects.visible_to(user)
    coming = with_people(mine.upcoming()).order_by("starts_at", "pk")[:5]
    past = with_people(mine.past()).order_by("-starts_at", "-pk")[:20]
    seen = {appointment.doctor_id: appointment.doctor for appointment in past}
    return PatientDashboard(list(coming), list(seen.values())[:3])


@dataclass(frozen=True)
class DoctorDashboard:
    today: date
    appointments: list[Appointment]
    next_one: Appointment | None
    free_this_week: int
    booked_this_week: int


def of_doctor(doctor: Doctor) -> DoctorDashboard:
    """Today's appointments in the zone of the doctor's office, and the slots of a week: two
    queries."""
    now = timezone.now()
    today = today_in(doctor.office.zone, now)
    start, end = local_day(today, doctor.office.zone)
    held = doctor.appointments.filter(starts_at__gte=start, starts_at__lt=end)
    appointments = list(with_people(held.filter(state__in=HOLDING)).order_by("starts_at", "pk"))
    week = doctor.slots.filter(
        starts_at__gte=now, starts_at__lt=start + timedelta(days=7)
    ).aggregate(
        free=Count("pk", filter=Q(state=SlotState.OPEN)),
        booked=Count("pk", filter=Q(state=SlotState.TAKEN)),
    )
    return DoctorDashboard(today, appointments, _next(appointments), week["free"], week["booked"])


def _next(appointments: list[Appointment]) -> Appointment | None:
    """The next patients: those who wait already, then those who are still to come; sorted by
    time."""
    waiting = [one for one in appointments if one.is_waiting]
    confirmed = (one for one in appointments if one.state == AppointmentState.CONFIRMED)
    return next(iter(waiting), None) or next((one for one in confirmed if not one.is_over), None)


@dataclass(frozen=True)
class OfficeToday:
    office: Office
    today: date
    booked: int
    still_to_come: int


@dataclass(frozen=True)
class AdminDashboard:
    offices: list[OfficeToday]
    doctors: int
    doctors_waiting: int
    patients: int


def of_admin() -> AdminDashboard:
    """Counts of people, and of today's appointments by office: four queries and one per office."""
    return AdminDashboard(
        offices=[_office_today(office) for office in Office.objects.open().order_by("search_name")],
        doctors=Doctor.objects.filter(state=DoctorState.APPROVED).count(),
        doctors_waiting=applications.waiting(),
        patients=Patient.objects.listed().count(),
    )


def _office_today(office: Office) -> OfficeToday:
    now = timezone.now()
    today = today_in(office.zone, now)
    start, end = local_day(today, office.zone)
    held = Appointment.objects.filter(
        office=office, starts_at__gte=start, starts_at__lt=end, state__in=HOLDING
    )
    counts = held.aggregate(booked=Count("pk"), to_come=Count("pk", filter=Q(starts_at__gt=now)))
    return OfficeToday(office, today, counts["booked"], counts["to_come"])
