"""The state of the background work."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min, Q, QuerySet
from django.utils import timezone
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, TaskResultStatus, task_backends
from django_tasks.exceptions import TaskResultDoesNotExist
from django_tasks_db.backend import DatabaseBackend
from django_tasks_db.models import DBTaskResult, get_date_max

from portal.models import PeriodicJob, Worker
from portal.models.worker import SILENT_AFTER

ACTIVE = (TaskResultStatus.READY, TaskResultStatus.RUNNING)


@dataclass(frozen=True)
class Overview:
    """`waiting` and `oldest_due`: the number of tasks that could run now, and since when the first
    could. `failed`: failed tasks, as long as tasks are kept (a week)."""

    workers: list[Worker]
    waiting: int
    oldest_due: datetime | None
    failed: int
    jobs: list[PeriodicJob]


def overview() -> Overview:
    """For admins: five queries."""
    return Overview(
        workers=known(),
        waiting=_ready().count(),
        oldest_due=oldest_due(),
        failed=DBTaskResult.objects.failed().count(),
        jobs=list(PeriodicJob.objects.all()),
    )


def known() -> list[Worker]:
    """Every worker that runs, or that ran lately: one query."""
    return list(Worker.objects.all())


def oldest_due() -> datetime | None:
    """Since when the first of the tasks that could run has waited: one query."""
    at_once = Q(run_after=get_date_max())
    first = _ready().aggregate(
        enqueued=Min("enqueued_at", filter=at_once), due=Min("run_after", filter=~at_once)
    )
    return min(filter(None, first.values()), default=None)


def is_any_alive() -> bool:
    """Whether any worker has a recent heartbeat: one query."""
    return Worker.objects.filter(beat_at__gte=timezone.now() - SILENT_AFTER).exists()


def uses_database() -> bool:
    """Whether tasks are stored in this database; another backend has its own workers."""
    return isinstance(task_backends[DEFAULT_TASK_BACKEND_ALIAS], DatabaseBackend)


def under_way() -> set[int]:
    """Ids of the notifications that a waiting or running task delivers: one query."""
    tasks = DBTaskResult.objects.filter(status__in=ACTIVE, task_path="portal.worker.tasks.deliver")
    arguments = tasks.order_by().values_list("args_kwargs", flat=True)
    return {pk for one in arguments.iterator() for pk in one["kwargs"]["ids"]}


def is_any_waiting(task: str) -> bool:
    """Whether a task of portal/worker/tasks.py with this name waits or runs: one query."""
    path = f"portal.worker.tasks.{task}"
    return DBTaskResult.objects.filter(status__in=ACTIVE, task_path=path).exists()


def _ready() -> QuerySet[DBTaskResult]:
    return DBTaskResult.objects.ready().order_by()


def is_active(task_id: str) -> bool:
    """Whether that task waits or runs, as far as the backend can tell: one query."""
    try:
        return task_backends[DEFAULT_TASK_BACKEND_ALIAS].get_result(task_id).status in ACTIVE
    except TaskResultDoesNotExist:
        return False
    except NotImplementedError:
        return True
