"""The state of the portal: the admins' overview and the background work (F02, D06)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from portal.models import PeriodicJob, SetupNotice, Worker
from portal.notifications.queries import ledger
from portal.notifications.rows.manage_lines import ago, ahead, moment
from portal.setup.queries.missing import missing
from portal.web.context import for_request
from portal.web.fetch import demand_permission
from portal.web.templatetags.clinic import zone_name
from portal.worker.queries import workers
from portal.worker.services import setup_notices

# If a task has waited for so long, the workers cannot keep up, or none is running.
LATE_AFTER = timedelta(minutes=5)
NOTICED_WITHIN = timedelta(days=30)


@dataclass(slots=True)
class WorkerLine:
    host: str
    pid: int
    started: str
    heard: str
    is_silent: bool
    tasks_done: int


@dataclass(slots=True)
class JobLine:
    name: str
    last: str
    next: str
    error: str
    is_running: bool


@require_GET
def manage(request):
    demand_permission(request.user, "portal.manage_messages")
    context = {
        "messages_by_state": ledger.counts(),
        "proxy_unknown": _proxy_unknown(),
        "missing": missing(request.user, for_request(request)),
        **_state(workers.known(), workers.oldest_due(), timezone.now()),
    }
    return render(request, "worker/manage.html", context)


def _proxy_unknown() -> bool:
    """One query; none if the number of proxies is known."""
    recent = timezone.now() - NOTICED_WITHIN
    notices = SetupNotice.objects.filter(name=setup_notices.FORWARDED, seen_at__gte=recent)
    return not settings.TRUSTED_PROXIES and notices.exists()


@require_GET
def manage_worker(request):
    demand_permission(request.user, "portal.manage_messages")
    return render(request, "worker/worker.html", _work())


def _work() -> dict:
    now = timezone.now()
    found = workers.overview()
    office = ledger.clock()
    return {
        "work": found,
        **_state(found.workers, found.oldest_due, now),
        "jobs": [_job(one, now) for one in found.jobs],
        "now": moment(now, office, "j F, H:i:s"),
        "zone": zone_name(office) if office else "UTC",
    }


def _state(known: list[Worker], oldest_due: datetime | None, now: datetime) -> dict:
    return {
        "workers": [_worker(one, now) for one in known],
        "alive": sum(not one.is_silent for one in known),
        "oldest": ago(oldest_due, now=now) if oldest_due else "",
        "is_late": bool(oldest_due and oldest_due < now - LATE_AFTER),
    }


def _worker(worker: Worker, now) -> WorkerLine:
    return WorkerLine(
        host=worker.host,
        pid=worker.pid,
        started=ago(worker.started_at, now=now),
        heard=ago(worker.beat_at, now=now),
        is_silent=worker.is_silent,
        tasks_done=worker.tasks_done,
    )


def _job(job: PeriodicJob, now) -> JobLine:
    is_running = bool(
        job.started_at and (job.finished_at is None or job.finished_at < job.started_at)
    )
    return JobLine(
        name=job.name.replace("_", " "),
        last=ago(job.finished_at, now=now) if job.finished_at else "",
        next=ahead(job.due_at, now=now) if job.due_at > now else "",
        error=job.error,
        is_running=is_running,
    )
