"""`./dev bench --hours`: a year of slots from weekly hours, on each database (requirement B03).

Every weekday from 09:00 to 13:00 and from 15:00 to 19:00 in half hours: made by the job that keeps
slots made, as on the first run after the hours were entered; and the same job again, when nothing
is missing.
"""

import json
import os
import subprocess
import sys
from datetime import time
from pathlib import Path
from time import perf_counter

import django

DAYS = 364
HOURS = ((time(9), time(13)), (time(15), time(19)))


def run(folder: Path, server: str, *, doctors: int) -> None:
    print("| database | slots | made in s | again in s |\n|---|---|---|---|")
    urls = {"SQLite": f"sqlite:///{folder / 'portal.sqlite3'}", "PostgreSQL": f"{server}/portal"}
    for name, url in urls.items():
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.hours", str(doctors)],
            env={**os.environ, "DATABASE_URL": url},
            stdout=subprocess.PIPE,
            check=True,
        )
        slots, first, again = json.loads(done.stdout)
        print(f"| {name} | {slots:,} | {first:.1f} | {again:.1f} |")


def measure(doctors: int) -> tuple[int, float, float]:
    """Slots, the seconds of the first run, and those of the next."""
    from portal.diary.services import hours_slots  # deferred: Django must be set up
    from tests.bench.messages import use
    from tests.servers import databases

    use(databases.name_of(databases.create()))
    write(doctors)
    began = perf_counter()
    made = hours_slots.keep_made()
    between = perf_counter()
    if hours_slots.keep_made() or not made:
        raise RuntimeError(f"{made} slots, and more the second time")
    return made, between - began, perf_counter() - between


def write(doctors: int) -> None:
    from portal.models import ClinicSettings, WeeklyHours  # deferred: Django must be set up
    from tests.factories import DoctorFactory, OfficeFactory, SpecialtyFactory, in_days

    ClinicSettings.objects.create(pk=1, horizon_days=DAYS)
    offices, specialty = OfficeFactory.create_batch(5), SpecialtyFactory()
    for number in range(doctors):
        doctor = DoctorFactory(office=offices[number % 5], specialty=specialty)
        WeeklyHours.objects.bulk_create(
            WeeklyHours(
                doctor=doctor,
                office=doctor.office,
                weekday=weekday,
                starts=starts,
                ends=ends,
                valid_from=in_days(-7).date(),
            )
            for weekday in range(5)
            for starts, ends in HOURS
        )


if __name__ == "__main__":
    django.setup()
    print(json.dumps(measure(int(sys.argv[1]))))
