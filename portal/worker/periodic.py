"""The periodic jobs. To add one, add an entry; the first worker that finds it due runs it.

A job is a service called with `by=None`. It may be interrupted at any statement, and two runs may
overlap, because a worker that is only slow may be taken for dead. So jobs use conditional updates
and unique keys.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from portal.accounts.services import attempts
from portal.appointments.services import offers, reminders, requests, waitlist
from portal.audit.services import sealing
from portal.diary.services import holidays, hours_slots
from portal.erasure.services import erasing
from portal.household.services import reviews
from portal.models.worker import SILENT_AFTER
from portal.own_data.services import preparing
from portal.records.services import notes
from portal.worker.services import recovery, workers

logger = logging.getLogger("portal.worker.periodic")


@dataclass(frozen=True)
class Job:
    """`within`: how long a run may take before another worker starts the job again."""

    name: str
    every: timedelta
    run: Callable[..., object]
    within: timedelta = timedelta(minutes=10)


JOBS = {
    job.name: job
    for job in (
        Job("take_over", SILENT_AFTER / 2, recovery.take_over, within=SILENT_AFTER),
        Job("resend", SILENT_AFTER * 2, recovery.resend),
        Job("spread", SILENT_AFTER * 10, recovery.spread_on),
        Job("remind", timedelta(minutes=1), reminders.send_due),
        Job("expire_requests", timedelta(minutes=1), requests.expire_due),
        Job("pass_on_offers", timedelta(seconds=20), offers.pass_on),
        Job("offer_new_times", timedelta(minutes=1), offers.offer_new),
        Job("tidy_waits", timedelta(minutes=1), waitlist.tidy),
        Job("keep_hours", timedelta(hours=1), hours_slots.keep_made),
        Job("propose_holidays", timedelta(days=1), holidays.propose),
        Job("review_access", timedelta(hours=6), reviews.run),
        Job("release_notes", timedelta(minutes=10), notes.release_due),
        Job("forget", timedelta(hours=1), recovery.forget),
        Job("forget_own_data", timedelta(minutes=10), preparing.forget),
        Job("erase", timedelta(minutes=10), erasing.run_due),
        Job("seal_audit", timedelta(minutes=1), sealing.seal),
        Job("prepare_audit_months", timedelta(days=1), sealing.prepare_months),
        Job("forget_attempts", timedelta(minutes=10), attempts.forget),
    )
}


def run_due() -> list[str]:
    """Run the jobs that are due and not running elsewhere; return their names.

    One query for each job that is not due. An error is logged and stored, and the job runs again at
    its next time.
    """
    return [job.name for job in JOBS.values() if _run(job)]


def _run(job: Job) -> bool:
    begun = workers.begin(job.name, within=job.within)
    if begun is None:
        return False
    error = ""
    try:
        job.run(by=None)
    except Exception as exception:
        logger.exception("The periodic job %s has failed", job.name)
        error = f"{type(exception).__name__}: {exception}"
    workers.finish(job.name, begun=begun, every=job.every, error=error)
    return True
