"""/health/live and /health/ready, for monitoring."""

import logging
from threading import Lock

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.utils.decorators import sync_only_middleware

from portal.worker.queries.workers import is_any_alive

logger = logging.getLogger("portal")


@sync_only_middleware
def health(get_response):
    """Answers /health/* before sessions, host checks and sign-in can cost time or refuse the
    request."""

    migrations = Migrations()

    def middleware(request):
        if request.path == "/health/live":
            return JsonResponse({"status": "ok"})
        if request.path == "/health/ready":
            return _ready(migrations)
        return get_response(request)

    return middleware


class Migrations:
    """Whether the database has all migrations of this process. Once it has, it is not checked
    again; a process of the next release checks for itself."""

    def __init__(self):
        self._are_applied = False
        self._lock = Lock()  # of several probes at once, one builds the graph

    def are_applied(self) -> bool:
        if self._are_applied:
            return True
        with self._lock:
            if not self._are_applied:
                executor = MigrationExecutor(connection)
                plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
                self._are_applied = not plan
        return self._are_applied


def _ready(migrations: Migrations) -> JsonResponse:
    """Whether the portal can serve pages: one query. Silent workers delay messages, but do not
    matter here."""
    try:
        if not migrations.are_applied():
            return JsonResponse({"status": "migrations are missing"}, status=503)
        worker = "ok" if is_any_alive() else "silent"
    except Error:
        logger.exception("The database does not answer")
        return JsonResponse({"status": "no database"}, status=503)
    return JsonResponse({"status": "ok", "worker": worker})
