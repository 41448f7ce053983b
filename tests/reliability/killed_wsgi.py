"""`gunicorn tests.reliability.killed_wsgi`: a portal that dies where a request tells it to.

`X-Die-At: 7` kills the process (SIGKILL) before the seventh step of that request. A step is an SQL
statement, the moment before a commit, or the moment after it. With UNPROTECTED the services run
without transactions.
"""

import os
import signal
from contextlib import nullcontext
from itertools import count
from types import SimpleNamespace

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models import QuerySet

from clinic.wsgi import application as portal
from portal.appointments.services import appointments, same_form


class Steps:
    die_at = 0
    taken = count(1)

    @classmethod
    def step(cls) -> None:
        if cls.die_at and next(cls.taken) == cls.die_at:
            os.kill(os.getpid(), signal.SIGKILL)


def application(environ, start_response):
    Steps.die_at, Steps.taken = int(environ.get("HTTP_X_DIE_AT", 0)), count(1)
    return portal(environ, start_response)


def before_statement(execute, sql, params, many, context):
    Steps.step()
    return execute(sql, params, many, context)


def watch(connection, **_kwargs) -> None:
    connection.execute_wrappers.append(before_statement)


def commit(connection) -> None:
    Steps.step()
    commit_for_good(connection)
    Steps.step()


commit_for_good = BaseDatabaseWrapper._commit
BaseDatabaseWrapper._commit = commit
connection_created.connect(watch)
if os.environ.get("UNPROTECTED"):
    appointments.transaction = same_form.transaction = SimpleNamespace(atomic=nullcontext)
    QuerySet.select_for_update = lambda queryset, **_options: queryset
