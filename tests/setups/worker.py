"""Runs what waits in the task queue, with the real worker."""

from django.core.management import call_command


def work() -> None:
    """Everything that is due now."""
    call_command("worker", batch=True, verbosity=0)
