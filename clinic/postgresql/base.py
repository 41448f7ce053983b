"""The `ENGINE` of PostgreSQL databases; docs/decisions/prepared-statements.md says why."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """With `CONN_HEALTH_CHECKS` Django asks the server `SELECT 1` at the start of each request.

    A server that goes away closes its connections, which the system has noted by then: there is
    something to read, the end, where nothing was asked. So one look without waiting tells a live
    connection, and the server is asked only if there is something to read.
    """

    def is_usable(self) -> bool:
        if self.connection and not self.connection.closed and _is_silent(self.connection.fileno()):
            return True
        return super().is_usable()


def _is_silent(file: int) -> bool:
    poll = select.poll()
    poll.register(file, select.POLLIN | select.POLLPRI)
    return not poll.poll(0)
