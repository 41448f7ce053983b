"""Asks for a page, sees whether that has written anything, and takes it back."""

import re
from http.cookies import SimpleCookie
from typing import NamedTuple

from django.apps import apps
from django.db import connection

from tests.access.world import CANARY, World
from tests.setups.undone import undone

CLINICAL = re.compile(rf"{CANARY} (?:finding|why)-[\w-]+")
WRITES = ("INSERT", "UPDATE", "DELETE", "WITH")
TRAIL = 'INSERT INTO "portal_auditevent"'
TRACES = {"read", "denied"}  # that somebody opened a page or was refused it is written down (F01)


class Answer(NamedTuple):
    status: int
    location: str
    body: str
    wrote: bool  # into any table of the portal


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
        self.is_touched = False

    def ask(
        self, role: str, method: str, path: str, data: dict | None = None, *, may_write=False
    ) -> Answer:
        """With `may_write` nobody looks whether it has. Whatever is asked for, no text of a note is
        in the answer that the role may not read (C06)."""
        client, self.is_touched = self.clients[role], False
        client.cookies = SimpleCookie(self.cookies[role])
        with undone(), connection.execute_wrapper(self._look):
            response = getattr(client, method.lower())(path, data or {})
            body = response.getvalue().decode(errors="replace")
            wrote = self.is_touched and not may_write and self.rows() != self.before
        leaked = set(CLINICAL.findall(body)) - self.clinical[role]
        assert not leaked, f"{role} reads {sorted(leaked)} at {method} {path}"
        return Answer(response.status_code, response.get("Location", ""), body, wrote)

    def _look(self, execute, sql, params, many, context):
        result = execute(sql, params, many, context)
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
