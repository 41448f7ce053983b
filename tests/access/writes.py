"""Asks for a page, sees what that has read and whether it has written, and takes it back."""

import re
from http.cookies import SimpleCookie
from typing import NamedTuple

from django.apps import apps
from django.db import connection

from tests.access.world import CANARY, World
from tests.setups.undone import undone

CLINICAL = re.compile(rf"{CANARY} (?:finding|why)-[\w-]+")
WRITES = ("INSERT", "UPDATE", "DELETE", "WITH")
TABLES_READ = re.compile(r'\b(?:FROM|JOIN) "?(portal_\w+)')
# Read by middleware and by the frame of every page.
WHO_ASKS = {"portal_user", "portal_clinicsettings"}
TRAIL = 'INSERT INTO "portal_auditevent"'
TRACES = {"read", "denied"}  # that somebody opened a page or was refused it is written down (F01)


class Answer(NamedTuple):
    status: int
    location: str
    body: str
    wrote: bool  # into any table of the portal
    read: set[str]  # tables of the portal, save WHO_ASKS


class Watch:
    """Knows how the world is, and looks again only if a statement has changed a row."""

    def __init__(self, world: World):
        self.clients = world.clients()
        self.cookies = {
            role: {name: one.value for name, one in client.cookies.items()}
            for role, client in self.clients.items()
        }
        self.clinical = {role: world.clinical_for(role) for role in self.clients}
        self.models = list(apps.get_app_config("portal").get_models())
        self.before = self.rows()
        self.is_touched, self.read = False, set()

    def ask(
        self, role: str, method: str, path: str, data: dict | None = None, *, may_write=False
    ) -> Answer:
        """With `may_write` nobody looks whether it has. Whatever is asked for, no text of a note is
        in the answer that the role may not read (C06)."""
        client, self.is_touched, self.read = self.clients[role], False, set()
        client.cookies = SimpleCookie(self.cookies[role])
        with undone(), connection.execute_wrapper(self._look):
            response = getattr(client, method.lower())(path, data or {})
            body = response.getvalue().decode(errors="replace")
            read = self.read - WHO_ASKS
            wrote = self.is_touched and not may_write and self.rows() != self.before
        leaked = set(CLINICAL.findall(body)) - self.clinical[role]
        assert not leaked, f"{role} reads {sorted(leaked)} at {method} {path}"
        return Answer(response.status_code, response.get("Location", ""), body, wrote, read)

    def _look(self, execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        self.read.update(TABLES_READ.findall(sql))
        changed = sql.lstrip().startswith(WRITES) and context["cursor"].rowcount != 0
        if changed and not is_trace(sql, params):
            self.is_touched = True
        return result

    def rows(self) -> list:
        return [list(model.objects.order_by("pk").values_list()) for model in self.models]


def is_trace(sql: str, params) -> bool:
    """The statement writes down who opened a page, or who was refused it."""
    return sql.startswith(TRAIL) and not TRACES.isdisjoint(
        one for one in params if isinstance(one, str)
    )
