"""Settings of gunicorn in the tests: as in production, but the portal is loaded once and forked.

In production each worker loads it for itself, so that a reload takes up a new release.
"""

from clinic.gunicorn import access_log_format, logger_class, post_worker_init

preload_app = True
__all__ = ["access_log_format", "logger_class", "post_worker_init", "preload_app"]


def when_ready(_server) -> None:
    """Before the first fork: what a worker would otherwise load with its first request."""
    from django.urls import get_resolver  # deferred: gunicorn reads its settings first

    get_resolver().url_patterns  # noqa: B018 (loads every view)
