"""`./dev bench --messages`: messages a second, with one worker and with three, on each database.

The messages are confirmations with their calendar files, two in a task as after a booking, sent by
`manage.py worker` to a mail server on this machine that takes everything at once.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import django

WORKERS = (1, 3)


def run(folder: Path, server: str, *, count: int) -> None:
    print("| database | workers | messages/s | CPU ms a message |\n|---|---|---|---|")
    urls = {"SQLite": f"sqlite:///{folder / 'portal.sqlite3'}", "PostgreSQL": f"{server}/portal"}
    for name, url in urls.items():
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.messages", str(folder), str(count)],
            env={**os.environ, "DATABASE_URL": url},
            stdout=subprocess.PIPE,
            check=True,
        )
        for workers, rate, cpu_ms in json.loads(done.stdout):
            print(f"| {name} | {workers} | {rate:.0f} | {cpu_ms:.1f} |")


def measure(folder: Path, processes: int, count: int) -> tuple[int, float, float]:
    """Processes, messages a second from the first to the last, CPU of the workers for each."""
    from tests.bench.processes import cpu_seconds  # deferred: Django must be set up
    from tests.reliability.outbox import MailServer, Workers, wait_for
    from tests.servers import databases

    place = folder / f"{processes}-{os.getpid()}"
    place.mkdir()
    url = databases.create()
    use(databases.name_of(url))
    write(count)
    with MailServer() as mail_server:
        workers = Workers(url, place, mail_server)
        workers.start(processes=processes)
        if not wait_for(lambda: len(mail_server.taken) >= count, seconds=300):
            raise RuntimeError(workers.log)
        used = cpu_seconds(workers.running())
        workers.stop()
    moments = [moment for _name, moment in mail_server.taken]
    return processes, (count - 1) / (moments[-1] - moments[0]), 1000 * used / count


def use(database: str) -> None:
    from django.db import connection  # deferred: Django must be set up

    connection.close()
    connection.settings_dict["NAME"] = database


def write(count: int) -> None:
    from portal.notifications.services.notifications import tell  # deferred: Django must be set up
    from tests.factories import AppointmentFactory, in_days

    appointment = AppointmentFactory(starts_at=in_days(3))
    for number in range(count // 2):
        appointment.version = number + 1  # each is another confirmation
        tell("appointment_confirmed", about=appointment, by=None)


if __name__ == "__main__":
    django.setup()
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    print(json.dumps([measure(folder, processes, count) for processes in WORKERS]))
