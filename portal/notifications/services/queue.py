"""Handing work to the background worker, within the transaction of its cause (requirement D06)."""

from datetime import datetime
from typing import Any

from django.utils.module_loading import import_string


def later(
    task: str, /, *, run_after: datetime | None = None, priority: int = 0, **arguments: Any
) -> None:
    """Enqueue a task of portal/tasks.py by its name: a row, which a rollback takes back.

    By name, because tasks call services and not the other way round. Arguments are JSON values.
    """
    found = import_string(f"portal.worker.tasks.{task}")
    if run_after is not None or priority:
        found = found.using(run_after=run_after, priority=priority)
    found.enqueue(**arguments)
