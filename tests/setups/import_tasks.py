"""Runs the tasks of an import in the transaction of the test, without a worker."""

from django_tasks_db.models import DBTaskResult


def work() -> None:
    for result in DBTaskResult.objects.ready().filter(task_path__endswith="_import"):
        result.delete()
        result.task.func(**result.args_kwargs["kwargs"])
