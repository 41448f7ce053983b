"""`manage.py verify_audit`: checks the audit trail against its chain of seals (requirement F01)."""

import time
from argparse import ArgumentTypeError
from datetime import UTC, datetime

from django.core.management.base import BaseCommand, CommandError

from portal.audit.queries.chain import Report, verify


def day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise ArgumentTypeError("must be a date such as 2026-03-04") from None


class Command(BaseCommand):
    help = (
        "Check that no row of the audit trail was altered, removed or inserted. The exit status is "
        "1 if one was; the first is named. Compare the head with one that you noted elsewhere."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--from", dest="since", type=day, help="only what was sealed from this day (UTC) on"
        )

    def handle(self, *, since: datetime | None, verbosity: int, **_options) -> None:
        begun = time.monotonic()
        progress = self._say if verbosity > 1 else lambda _report: None
        report = verify(since, progress=progress)
        rate = (report.rows + report.unsealed) / max(time.monotonic() - begun, 0.001)
        self.stdout.write(
            f"{report.rows} rows in {report.seals} seals, {report.unsealed} not sealed yet; "
            f"{rate:.0f} rows a second."
        )
        if report.head:
            self.stdout.write(f"Head: {report.head}")
        if report.fault:
            raise CommandError(report.fault)
        self.stdout.write("Everything is as it was written.")

    def _say(self, report: Report) -> None:
        if report.seals % 100 == 0:
            self.stdout.write(f"{report.rows} rows …")
