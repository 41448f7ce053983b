"""The demo doctors' diaries from today on: slots, and how many of them are booked."""

from datetime import date, datetime, time, timedelta
from random import Random

from portal.clock.grid import GridTime, day_grid, local_day
from portal.demo import group
from portal.demo.clerk import Clerk
from portal.demo.pool import Pool, province
from portal.enums import SlotState
from portal.models import Appointment, ClinicSettings, Doctor, Patient, Slot

DAYS_AHEAD = 14
# Days from today → share of the times that is booked; the nearer, the fuller.
SHARES = (0.5, 0.38, 0.3, 0.24, 0.18, 0.18, 0.18, 0.18)
LATER_SHARE = 0.1
WEEKEND_FACTOR = 1.6  # fewer doctors work then
CANCELLED_SHARE = 0.05  # of the times that are left free

BUSIEST = group.DOCTORS[0]  # doctor@example.com: full today and tomorrow, at weekends too
BUSIEST_SHARE = 0.9
ON_DUTY: group.Hours = ((time(9), time(13, 30)), (time(15), time(20, 30)))

BY_LICENCE = {doctor.licence: doctor for doctor in group.DOCTORS}


def make_slot(doctor: Doctor, cell: GridTime, state: SlotState, *, now: datetime) -> Slot:
    """A slot that was added, and could be booked, some weeks before."""
    created_at = min(cell.starts_at - timedelta(days=45), now)
    return Slot(
        doctor=doctor,
        office=doctor.office,
        starts_at=cell.starts_at,
        ends_at=cell.ends_at,
        state=state,
        created_at=created_at,
        released_at=created_at,
    )


def cells_of(
    demo: group.DemoDoctor, day: date, settings: ClinicSettings, zone, *, on_duty: bool = False
) -> list[GridTime]:
    """The times that the doctor offers on `day`."""
    hours = demo.week[day.weekday()]
    if on_duty and day.weekday() >= 5:
        hours = ON_DUTY
    return [
        cell
        for cell in day_grid(day, zone, settings)
        if any(
            first <= cell.wall.time() and (cell.wall + settings.grid).time() <= last
            for first, last in hours
        )
    ]


class Diary:
    """Adds to one doctor's diary; whatever users have changed in it stays."""

    def __init__(self, doctor: Doctor, pool: Pool, clerk: Clerk, settings: ClinicSettings):
        self.doctor = doctor
        self.demo = BY_LICENCE[doctor.licence_number]
        self.pool = pool
        self.clerk = clerk
        self.settings = settings
        self.zone = doctor.office.zone
        self.today = clerk.now.astimezone(self.zone).date()

    def declare(self) -> list[date]:
        """Add slots on those of the coming days that never had any; returns these days."""
        days = [self.today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD + 1)]
        known = self._days_declared(days[0], days[-1])
        fresh = [day for day in days if day not in known]
        Slot.objects.bulk_create(
            make_slot(self.doctor, cell, SlotState.OPEN, now=self.clerk.now)
            for day in fresh
            for cell in cells_of(
                self.demo, day, self.settings, self.zone, on_duty=self._is_on_duty(day)
            )
        )
        return fresh

    def fill(self, fresh: list[date]) -> list[Appointment]:
        """Appointments, not saved, until each day has as many as it should have.

        On `fresh` days some of the free times were booked and cancelled again. Takes the slots.
        """
        made = []
        for ahead in range(DAYS_AHEAD + 1):
            day = self.today + timedelta(days=ahead)
            rng = Random(f"fill {self.demo.licence} {day}")
            slots = self._slots(day)
            free = [it for it in slots if it.state == SlotState.OPEN and not it.has_requests]
            wanted = int(len(slots) * self._share(day, ahead) + rng.random())
            missing = max(0, wanted - (len(slots) - len(free)))
            rng.shuffle(free)
            made += self._book(free[:missing], rng)
            if day in fresh:
                made += self._cancel(free[missing:], rng)
        return made

    def book(self, slot: Slot, patient: Patient, rng: Random, **values) -> Appointment:
        """An appointment, not saved, whose slot is taken."""
        self.pool.take(patient, slot)
        Slot.objects.filter(pk=slot.pk).update(state=SlotState.TAKEN)
        return self.clerk.confirmed(slot, patient, rng, specialty=self.demo.specialty, **values)

    def free_between(self, first: datetime, last: datetime) -> list[Slot]:
        return list(self.doctor.slots.open().filter(starts_at__gte=first, starts_at__lt=last))

    def _book(self, slots: list[Slot], rng: Random) -> list[Appointment]:
        return [
            self.book(slot, patient, rng) for slot in slots if (patient := self.somebody(slot, rng))
        ]

    def _cancel(self, slots: list[Slot], rng: Random) -> list[Appointment]:
        return [
            self.clerk.cancelled(slot, patient, rng, specialty=self.demo.specialty)
            for slot in slots
            if rng.random() < CANCELLED_SHARE and (patient := self.somebody(slot, rng))
        ]

    def somebody(self, slot: Slot, rng: Random) -> Patient | None:
        near = province(self.doctor.office.address)
        return self.pool.pick(slot, rng, specialty=self.demo.specialty, near=near)

    def _slots(self, day: date) -> list[Slot]:
        start, end = local_day(day, self.zone)
        return list(self.doctor.slots.live().filter(starts_at__gte=start, starts_at__lt=end))

    def _days_declared(self, first: date, last: date) -> set[date]:
        start, end = local_day(first, self.zone)[0], local_day(last, self.zone)[1]
        starts = self.doctor.slots.filter(starts_at__gte=start, starts_at__lt=end)
        return {
            moment.astimezone(self.zone).date()
            for moment in starts.values_list("starts_at", flat=True)
        }

    def _share(self, day: date, ahead: int) -> float:
        if self._is_on_duty(day):
            return BUSIEST_SHARE
        share = SHARES[ahead] if ahead < len(SHARES) else LATER_SHARE
        return share * WEEKEND_FACTOR if day.weekday() >= 5 else share

    def _is_on_duty(self, day: date) -> bool:
        return self.demo is BUSIEST and day <= self.today + timedelta(days=1)
