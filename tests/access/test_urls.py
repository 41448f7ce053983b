"""Every URL × method × role × whose: one test a row, a savepoint a cell.

Blocked people and staff without a second factor are answered by a middleware that looks at who asks
and at the URL's name only. So each of them asks for each URL by each method, but for one thing
instead of four; that nothing else was read is the proof that it makes no difference.
"""

import pytest
from django.urls import get_resolver, reverse

from tests.access.addresses import address
from tests.access.table import ONLY_WHEN_DEBUGGING, ROWS

pytestmark = pytest.mark.django_db


def name_of(row) -> str:
    return f"{row.method} {row.name} {row.kind}"


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_access(world, ask, row):
    wrong = []
    for role, whose, letter in row.cells():
        path, may_write = address(world, row.name, row.kind, whose), row.may_write(letter)
        answer = ask(role, row.method, path, may_write=may_write)
        expected = row.expected(role, letter)
        if answer.status != expected:
            wrong.append(f"{role}, {whose}: {answer.status} instead of {expected}")
        if letter == "i" and not answer.location.startswith(reverse("account_login")):
            wrong.append(f"{role}, {whose}: not sent to sign in")
        if letter == "f" and answer.location != reverse("mfa_index"):
            wrong.append(f"{role}, {whose}: not sent to set up a second factor")
        if letter in "ibf" and answer.read:
            wrong.append(f"{role}, {whose}: it has read {sorted(answer.read)}")
        if answer.wrote:
            wrong.append(f"{role}, {whose}: it wrote something")
    assert not wrong, "\n".join(wrong)


def test_every_url_is_in_the_table():
    named = {row.name for row in ROWS} | ONLY_WHEN_DEBUGGING

    assert set(_names(get_resolver().url_patterns)) <= named


def test_every_url_with_an_id_is_asked_for_things_of_all_kinds():
    """A page about a thing cannot be in the table as one that is about none."""
    with_id = set(_names(get_resolver().url_patterns, only_with="pk"))

    assert {row.name for row in ROWS if row.kind == "-"} & with_id == set()


def _names(patterns, only_with: str = ""):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _names(pattern.url_patterns, only_with)
        elif only_with in ("", *pattern.pattern.converters):
            yield pattern.name
