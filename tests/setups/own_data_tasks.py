"""Runs the tasks that make own data in the transaction of the test, without a worker."""

from django_tasks_db.models import DBTaskResult


def work() -> int:
    """Returns how many there were."""
    waiting = list(DBTaskResult.objects.ready().filter(task_path__endswith="prepare_own_data"))
    for result in waiting:
        result.delete()
        result.task.func(**result.args_kwargs["kwargs"])
    return len(waiting)
