"""`./dev bench`: how fast the main pages are against a bare Django view; see docs/benchmarks.md."""

import argparse
import json
import os
import secrets
import shutil
import sys
import tempfile
from pathlib import Path

import django

from tests.bench import hours, messages, trail
from tests.plugins.database import FOLDER


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    folder = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    folder.chmod(0o755)  # the server may run as another user
    from tests.plugins.postgresql import Server  # deferred: with --help nothing need be installed

    server = Server(folder / "postgresql")
    try:
        address = server.start()
        set_environment(folder, address)
        if options.messages:
            messages.run(folder, address, count=60 if options.quick else 600)
            return 0
        if options.hours:
            hours.run(folder, address, doctors=5 if options.quick else 50)
            return 0
        if options.audit:
            rows, bookings = (5_000, 5) if options.quick else (100_000, 20)
            trail.run(folder, address, rows=rows, bookings=bookings)
            return 0
        django.setup()
        from tests.bench.run import run  # deferred: Django must be set up

        results = run(options, server=address, folder=folder)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    if options.json:
        Path(options.json).write_text(json.dumps(results, indent=2) + "\n")
    missed = [result["page"] for result in results if not result["ok"]]
    return 1 if options.check and missed else 0


def parse(arguments: list[str]):
    parser = argparse.ArgumentParser(
        prog="./dev bench", description="Measure the main pages against a bare Django view."
    )
    parser.add_argument("--quick", action="store_true", help="small data, short rounds: a glance")
    parser.add_argument("--messages", action="store_true", help="messages a second instead")
    parser.add_argument("--hours", action="store_true", help="a year of weekly hours instead")
    parser.add_argument("--audit", action="store_true", help="what the audit trail costs instead")
    parser.add_argument("--people", action="store_true", help="the lists of people instead")
    parser.add_argument("--only", metavar="NAME", help="pages whose name contains this")
    parser.add_argument("--json", metavar="FILE", help="write the results there too")
    parser.add_argument("--check", action="store_true", help="exit status 1 if a limit is missed")
    parser.add_argument("--rounds", type=int, help="rounds that count (default 5; quick 3)")
    parser.add_argument("--seconds", type=float, help="of each burst (default 2; quick 0.5)")
    parser.add_argument("--past", type=int, help="past appointments (default 100,000; quick 5,000)")
    options = parser.parse_args(arguments)
    options.rounds = options.rounds or (3 if options.quick else 5)
    options.seconds = options.seconds or (0.5 if options.quick else 2)
    options.past = options.past or (5_000 if options.quick else 100_000)
    return options


def set_environment(folder: Path, server: str) -> None:
    """Production's settings, with static files unhashed; nothing of the developer's own.

    Nor of a test run that measures: its databases are on a server of its own.
    """
    os.environ.pop(FOLDER, None)
    os.environ.update(
        DJANGO_SETTINGS_MODULE="clinic.settings",
        DATABASE_URL=f"{server}/portal",
        SECRET_KEY=secrets.token_urlsafe(50),
        VAR_DIR=str(folder),
        DEBUG="off",
        SMS_URL="folder",  # or a booking would write fewer messages
        MANIFEST_STATIC="off",
        ALLOWED_HOSTS="127.0.0.1,testserver",
        ORIGIN="http://127.0.0.1",
        SECOND_FACTOR_REQUIRED="off",
    )
    (folder / "static").mkdir()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
