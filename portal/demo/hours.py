"""The weekly hours of some demo doctors, and the country and region of the demo's offices."""

from datetime import datetime, timedelta

from portal.demo import group
from portal.demo.diary import BY_LICENCE
from portal.diary.queries.hours import hours_of, monday
from portal.diary.services import holidays
from portal.models import ClinicSettings, Doctor, Office, Slot, WeeklyHours

WITH_HOURS = ("28/41007", "28/43519", "28/52980", "46/30418", "35/11854")  # licences
SINCE = timedelta(weeks=8)
REGIONS = {"Madrid": "MD", "Valencia": "VC", "Las Palmas de Gran Canaria": "CN"}


def make(now: datetime) -> None:
    """Only for doctors without weekly hours. Their existing slots then belong to their hours; the
    worker creates those further ahead."""
    doctors = Doctor.objects.filter(licence_number__in=WITH_HOURS, weekly_hours=None)
    settings = ClinicSettings.current()
    found = list(doctors.select_related("office"))
    for doctor in found:
        _hours_of(doctor, now, settings)
    if found:
        _place_offices()


def _hours_of(doctor: Doctor, now: datetime, settings: ClinicSettings) -> None:
    today = now.astimezone(doctor.office.zone).date()
    WeeklyHours.objects.bulk_create(
        WeeklyHours(
            doctor=doctor,
            office=doctor.office,
            weekday=weekday,
            starts=first,
            ends=last,
            minutes=settings.grid_minutes,
            valid_from=monday(today) - SINCE,
        )
        for weekday, hours in enumerate(BY_LICENCE[doctor.licence_number].week)
        for first, last in hours
    )
    days = today, today + settings.horizon
    blocks = {time.key: time.block.pk for time in hours_of(doctor, today).times(*days)}
    slots: dict[int, list[int]] = {}
    for slot in doctor.slots.live().filter(starts_at__gte=now):
        if block := blocks.get((slot.starts_at, slot.ends_at, slot.office_id)):
            slots.setdefault(block, []).append(slot.pk)
    for block, ids in slots.items():
        Slot.objects.filter(pk__in=ids).update(weekly_hours=block)


def _place_offices() -> None:
    for one in group.OFFICES:
        office = Office.objects.filter(name=one.name, country="")
        office.update(country="ES", region=REGIONS[one.city])
    holidays.propose()
