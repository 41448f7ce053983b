"""Enqueues tasks for the background worker, in the transaction of the change (requirement D06)."""

from datetime import datetime
from typing import Any

from django.utils.module_loading import import_string


def later(
    task: str, /, *, run_after: datetime | None = None, priority: int = 0, **arguments: Any
) -> None:
    """Enqueue a task of portal/worker/tasks.py by its name. The task is a row, so a rollback
    removes it.

    The task is given by name because tasks call services, and services must not import tasks.
    Arguments are JSON values.
    """
    found = import_string(f"portal.worker.tasks.{task}")
    if run_after is not None or priority:
        found = found.using(run_after=run_after, priority=priority)
    found.enqueue(**arguments)
