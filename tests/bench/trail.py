"""The audit trail in the benchmark (requirement F01).

`./dev bench --audit`: on each database, what the trail costs a booking, how many rows a second are
sealed and checked, and whether one row altered, removed or inserted is found.
"""

import json
import os
import subprocess
import sys
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from unittest import mock

import django

ROUNDS = 9

# Twenty a minute, back from now; one in ten by an admin, spread over people, patients and verbs.
FILL = """
    INSERT INTO portal_auditevent (at, actor_id, actor_name, actor_role, verb, object_type,
        object_id, patient_id, changes, request_id, address, row_hash)
    SELECT now() - make_interval(secs => ({rows} - n) * 3), n % 5000 + 1, 'Person ' || n % 5000,
        (ARRAY['admin', 'patient', 'patient', 'doctor', 'doctor', 'assistant'])[n % 6 + 1],
        (ARRAY['read', 'read', 'book', 'cancel', 'sign_in'])[n % 5 + 1], 'appointment',
        n % 90000 + 1, n % 9000 + 1, '{{"reference": "K7M-4QX"}}', 'r', '192.0.2.1',
        '\\x00'::bytea
    FROM generate_series(1, {rows}) n"""


def fill(rows: int) -> None:
    """So many events in the database in use, which must be PostgreSQL, without true hashes."""
    from django.db import connection  # deferred: Django must be set up

    with connection.cursor() as cursor:
        cursor.execute(FILL.format(rows=rows))
        cursor.execute("ANALYZE portal_auditevent")


def run(folder: Path, server: str, *, rows: int, bookings: int) -> None:
    head = "database | booking ms | without the trail | share of the trail | of CPU | its queries"
    print(f"| {head} | sealed rows/s | checked rows/s | found |\n|{'---|' * 9}")
    urls = {"SQLite": f"sqlite:///{folder / 'portal.sqlite3'}", "PostgreSQL": f"{server}/portal"}
    for name, url in urls.items():
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.trail", str(rows), str(bookings)],
            env={**os.environ, "DATABASE_URL": url},
            stdout=subprocess.PIPE,
            check=True,
        )
        with_ms, without_ms, *shares, queries, sealed, checked, found = json.loads(done.stdout)
        time, cpu = shares
        print(
            f"| {name} | {with_ms:.2f} | {without_ms:.2f} | {time:.1%} | {cpu:.1%} | {queries}"
            f" | {sealed:,.0f} | {checked:,.0f} | {found} of 3 |"
        )


def measure(rows: int, bookings: int) -> tuple:
    from tests.bench.messages import use  # deferred: Django must be set up
    from tests.servers import databases

    use(databases.name_of(databases.create()))
    return *_bookings(bookings), *_chain(rows)


def _bookings(count: int) -> tuple[float, float, float, float, int]:
    """Milliseconds of a booking with and without the trail, the trail's share of the time and of
    this process's processor time, and its queries.

    Bookings with and without it take turns, and each is compared with its neighbour: what else the
    machine does changes more in a minute than the trail costs.
    """
    from tests.factories import AdminFactory, DoctorFactory, PatientFactory, SlotFactory, in_days

    doctor, desk = DoctorFactory(), AdminFactory()
    patients = [PatientFactory().pk for _number in range(count)]
    slots = (
        SlotFactory(doctor=doctor, starts_at=in_days(day, 8, 0) + timedelta(minutes=30 * half)).pk
        for day in range(2, 28)
        for half in range(26)
    )
    queries = _queries(next(slots), patients[0], desk)
    with without_trail():
        if _queries(next(slots), patients[0], desk):
            raise RuntimeError("A booking without the trail writes it all the same.")
    times: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for patient in patients * ROUNDS:
        turns = (True, False) if len(times[True]) % 2 else (False, True)
        for is_recorded in turns:
            with nullcontext() if is_recorded else without_trail():
                times[is_recorded].append(_book(next(slots), patient, desk))
    (with_ms, with_cpu), (without_ms, without_cpu) = (
        zip(*times[which], strict=True) for which in (True, False)
    )
    shares = _share(with_ms, without_ms), _share(with_cpu, without_cpu)
    return median(with_ms), median(without_ms), *shares, queries


def _share(recorded: tuple[float, ...], other: tuple[float, ...]) -> float:
    return median((one - two) / one for one, two in zip(recorded, other, strict=True))


def without_trail():
    """Within it a booking writes no audit event."""
    from portal.audit.services import audit

    return mock.patch.object(audit, "record")


def _queries(slot: int, patient: int, desk) -> int:
    """The statements of a booking that write the trail."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        _book(slot, patient, desk)
    return sum("portal_auditevent" in one["sql"] for one in captured.captured_queries)


def _book(slot: int, patient: int, desk) -> tuple[float, float]:
    """Milliseconds that it took, and those of this process's processor time."""
    from portal.appointments.services import appointments

    began, worked = perf_counter(), process_time()
    appointments.book(slot, patient_id=patient, by=desk)
    return (perf_counter() - began) * 1000, (process_time() - worked) * 1000


def _chain(rows: int) -> tuple[float, float, int]:
    """Rows sealed and checked in a second, and how many of three faults are found."""
    from portal.audit.queries import chain
    from portal.audit.services import sealing
    from portal.models import AuditEvent
    from tests.audit import tampering

    made = tampering.rows(rows)
    began = perf_counter()
    sealing.seal(by=None)
    sealed = rows / (perf_counter() - began)
    began = perf_counter()
    if chain.verify().fault:
        raise RuntimeError(chain.verify().fault)
    checked = rows / (perf_counter() - began)
    found, middle = 0, made[rows // 2].pk
    columns = [one.attname for one in AuditEvent._meta.concrete_fields]
    names, copied = ", ".join(columns), ", ".join(["-1", *columns[1:]])
    for change, back in (
        ("UPDATE portal_auditevent SET verb = 'x' WHERE id = %s", "verb = 'update'"),
        (
            f"INSERT INTO portal_auditevent ({names}) SELECT {copied} FROM portal_auditevent"
            " WHERE id = %s",
            "",
        ),
        ("DELETE FROM portal_auditevent WHERE id = %s", ""),
    ):
        tampering.tamper(change, middle)
        report = chain.verify()
        found += bool(report.fault)
        if back:
            tampering.tamper(f"UPDATE portal_auditevent SET {back} WHERE id = %s", middle)
        tampering.tamper("DELETE FROM portal_auditevent WHERE id = -1")
    return sealed, checked, found


if __name__ == "__main__":
    django.setup()
    print(json.dumps(measure(int(sys.argv[1]), int(sys.argv[2]))))
