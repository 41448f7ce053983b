"""Runs what waits in the task queue, with the real worker."""

import signal

from django.core.management import call_command

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)


def work() -> None:
    """Everything that is due now; the worker's signal handlers do not outlive it."""
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
