"""One run: seed, serve, measure, count queries, and say how it stands."""

import os
import subprocess
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from tests.bench import people, queries, trail
from tests.bench.clinic import Clinic, get
from tests.bench.measure import Target, measure
from tests.bench.pages import BOOKING, PAGES, Page, bookings
from tests.bench.processes import ROOT, Web
from tests.bench.table import Row, print_table
from tests.servers import databases

LITTLE_PAST = 1_000  # appointments, to compare a long history with
BOOKINGS_A_ROUND = 200
EVENTS_A_PAST = 10  # events of the audit trail for each past appointment
SIZE = {"doctors": 50, "days": 14, "patients": 10_000}
QUICK_SIZE = {"doctors": 10, "days": 7, "patients": 1_000}


def run(options, *, server: str, folder: Path) -> list[dict]:
    pages = people.PAGES if options.people else PAGES
    pages = [page for page in pages if not options.only or options.only in page.name]
    size = _size(options)
    tell(f"Seeding {size}, {options.past} past appointments, and {LITTLE_PAST} to compare")
    large = Clinic.make(server, "large", **size, past=options.past)
    with large.orm():
        trail.fill(options.past * EVENTS_A_PAST)
        if options.people:
            people.fill(size["doctors"])
    little = large
    if any(page.growth for page in pages):
        little = Clinic.make(server, "little", **size, past=LITTLE_PAST)
    with ExitStack() as stack:
        bare = _bare(server, folder, stack, options)
        large_web, little_web = (_portal(clinic, folder, stack) for clinic in (large, little))
        targets = [bare]
        rows = []
        for page in pages:
            row = Row(page, bare, _target(page, large, large_web, options))
            targets.append(row.target)
            if page.growth:
                row.little = _target(page, little, little_web, options)
                targets.append(row.little)
            with large.orm():
                row.queries = _count_queries(page)
            rows.append(row)
        measure(targets, rounds=options.rounds, tell=tell)
    print_table(bare, rows)
    return [row.as_dict() for row in rows]


def _size(options) -> dict[str, int]:
    if options.people:
        return people.QUICK_SIZE if options.quick else people.SIZE
    return QUICK_SIZE if options.quick else SIZE


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _target(page: Page, clinic: Clinic, web: Web, options) -> Target:
    with clinic.orm():
        if page is BOOKING:
            count = BOOKINGS_A_ROUND // (4 if options.quick else 1)
            requests = iter(bookings(count * (options.rounds + 1)))
            take = partial(_next, requests, count)
            return Target(page.name, web, take, expected="302", seconds=None)
        requests = page.ask().requests()
    expected = str(page.status)
    return Target(page.name, web, lambda: requests, expected=expected, seconds=options.seconds)


def _next(requests, count: int) -> list[str]:
    return [next(requests) for _number in range(count)]


def _count_queries(page: Page) -> int:
    if page is BOOKING:
        return queries.of_booking(bookings(1, soonest=True)[0])
    return queries.of_pages(page.ask(), status=page.status)


def _portal(clinic: Clinic, folder: Path, stack: ExitStack) -> Web:
    web = Web("clinic.wsgi", folder, DATABASE_URL=clinic.url)
    stack.callback(web.stop)
    return web


def _bare(server: str, folder: Path, stack: ExitStack, options) -> Target:
    url = f"{server}/bare"
    databases.on_server(url, 'CREATE DATABASE "bare"')
    environment = {"BARE_DATABASE_URL": url}
    prepared = subprocess.run(
        [sys.executable, "-m", "tests.bench.bare.prepare"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    web = Web("tests.bench.bare.wsgi", folder, **environment)
    stack.callback(web.stop)
    request = get("/", prepared.stdout.strip())
    return Target("bare view", web, lambda: [request], expected="200", seconds=options.seconds)
