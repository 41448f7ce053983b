"""The background workers, and the periodic jobs."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

# A worker without a heartbeat for so long is taken for dead; others take over its tasks.
SILENT_AFTER = timedelta(seconds=settings.WORKER_SILENT_AFTER)


class Worker(models.Model):
    """One worker process and its last heartbeat; see portal/management/commands/worker.py (D06)."""

    id = models.CharField(max_length=64, primary_key=True)
    host = models.CharField(max_length=120)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField(default=timezone.now)
    beat_at = models.DateTimeField(default=timezone.now, db_index=True)
    tasks_done = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["started_at"]

    def __str__(self) -> str:
        return self.id

    @property
    def is_silent(self) -> bool:
        return self.beat_at < timezone.now() - SILENT_AFTER


class PeriodicJob(models.Model):
    """When a job of portal/worker/periodic.py runs next. The worker that moves `due_at` forward
    runs it."""

    name = models.CharField(max_length=60, primary_key=True)
    due_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
