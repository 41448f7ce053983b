"""/health/live and /health/ready, for whoever watches over the processes."""

import logging

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.utils.decorators import sync_only_middleware

from portal.worker.queries.workers import is_any_alive

logger = logging.getLogger("portal")


@sync_only_middleware
def health(get_response):
    """Answers /health/* before sessions, hosts and sign-in can cost or refuse anything."""

    def middleware(request):
        if request.path == "/health/live":
            return JsonResponse({"status": "ok"})
        if request.path == "/health/ready":
            return _ready()
        return get_response(request)

    return middleware


def _ready() -> JsonResponse:
    """Ready to serve. Silent workers delay messages, but pages do not need them."""
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        worker = "ok" if not pending and is_any_alive() else "silent"
    except DatabaseError:
        logger.exception("The database does not answer")
        return JsonResponse({"status": "no database"}, status=503)
    if pending:
        return JsonResponse({"status": "migrations are missing"}, status=503)
    return JsonResponse({"status": "ok", "worker": worker})
