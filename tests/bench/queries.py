"""How many SQL queries a page costs, sessions and sign-in included."""

from contextlib import contextmanager
from urllib.parse import parse_qsl

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.bench.asked import Asked


def of_pages(asked: Asked, *, status: int) -> int:
    """The most that one of its pages costs; asked twice, because the first fills caches."""
    client = Client()
    client.force_login(asked.user)
    return max(_warm(client, path, asked.headers, status) for path in asked.paths)


def of_booking(request: str) -> int:
    """Of one POST, given as the text of its request; it books."""
    head, _blank, body = request.partition("\r\n\r\n")
    client = Client()
    cookies = next(line for line in head.split("\r\n") if line.startswith("Cookie: "))
    for pair in cookies.removeprefix("Cookie: ").split("; "):
        name, _equals, value = pair.partition("=")
        client.cookies[name] = value
    with counted() as queries:
        answer = client.post(head.split()[1], dict(parse_qsl(body, keep_blank_values=True)))
    _demand(answer.status_code == 302, answer)
    return len(queries)


def _warm(client: Client, path: str, headers: dict[str, str], status: int) -> int:
    client.get(path, headers=headers)
    with counted() as queries:
        answer = client.get(path, headers=headers)
    _demand(answer.status_code == status, answer)
    return len(queries)


@contextmanager
def counted():
    """Statements other than those that open and close transactions."""
    found = []
    with CaptureQueriesContext(connection) as captured:
        yield found
    found += [
        query["sql"]
        for query in captured.captured_queries
        if not query["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))
    ]


def _demand(condition: bool, answer) -> None:
    if not condition:
        raise RuntimeError(f"{answer.request['PATH_INFO']} answered {answer.status_code}")
