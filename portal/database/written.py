"""Reads and inserts with hand-written SQL; docs/decisions/written-out-sql.md says when to use
it."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import TypeVar

from django.db import connection
from django.db.models import Model

Row = TypeVar("Row", bound=Model)


def instances(model: type[Row], sql: str, parameters: Sequence = ()) -> list[Row]:
    """Model instances from one query. Its columns have the names of the model's fields; fields that
    are left out are deferred.

    Not for models with fields that convert what they read, such as JSON.

    `Model.objects.raw` does the same in twice the time, because it matches columns and fields again
    at each call.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        names, places = _in_order(model, tuple(column[0] for column in cursor.description))
        rows = cursor.fetchall()
    clock = utc if connection.vendor == "sqlite" else lambda value: value
    return [
        model.from_db(connection.alias, names, [clock(row[place]) for place in places])
        for row in rows
    ]


def one(model: type[Row], column: str, value: object) -> Row | None:
    """The row of `model` in which a unique column has this value: one query."""
    found = instances(model, _select(model, column), [value])
    return found[0] if found else None


@cache
def _select(model: type[Model], column: str) -> str:
    """Names the columns: after a migration that adds one, PostgreSQL would refuse a prepared
    `*`."""
    names = [field.column for field in model._meta.concrete_fields if field.column]
    columns = ", ".join(names)
    return f"SELECT {columns} FROM {model._meta.db_table} WHERE {column} = %s"  # noqa: S608 (names of our own columns)


@contextmanager
def planned_anew() -> Iterator[None]:
    """Inside this context PostgreSQL plans each query for its actual values and uses no prepared
    plan: “every name with an a” needs another plan than “every Sørensen”."""
    if connection.vendor == "sqlite":
        yield
        return
    connection.ensure_connection()
    raw = connection.connection
    before, raw.prepare_threshold = raw.prepare_threshold, None
    try:
        yield
    finally:
        raw.prepare_threshold = before


@cache
def _in_order(model: type[Model], columns: tuple[str, ...]) -> tuple[list[str], list[int]]:
    """The names in the model's order, which `from_db` expects, and the position of each in a
    row."""
    names = [field.attname for field in model._meta.concrete_fields if field.attname in columns]
    return names, [columns.index(name) for name in names]


def seconds(column: str) -> str:
    """SQL for a moment as whole seconds since 1970. For a `datetime` the drivers take twenty times
    as long, which matters for hundreds of rows."""
    if connection.vendor == "sqlite":
        return f"CAST(strftime('%%s', {column}) AS INTEGER)"
    return f"floor(date_part('epoch', {column}))::bigint"


def one_of(ids: Iterable[int]) -> tuple[str, object]:
    """SQL for “is one of these ids”, and its single parameter; see `Among`."""
    if connection.vendor == "sqlite":
        return "IN (SELECT value FROM json_each(%s))", json.dumps(list(ids))
    return ANY, array(ids)


ANY = "= ANY(%s::bigint[])"


def array(ids: Iterable[int]) -> str:
    """A PostgreSQL array literal: psycopg takes ten times as long for a list of hundreds."""
    return f"{{{','.join(map(str, ids))}}}"


def insert_values(model: type[Model], names: list[str], rows: list[tuple]) -> None:
    """Insert rows, given as tuples of values in the order of `names`, the model's attribute names;
    all fields except the id must be included. Times are in UTC; other values are passed unchanged.

    Values that are equal in all rows are sent once. docs/decisions/weekly-hours.md has the figures.
    """
    if not rows:
        return
    fields = [model._meta.get_field(name) for name in names]
    shared, own = [], []  # a field with its value, and with its values
    for field, values in zip(fields, zip(*rows, strict=True), strict=True):
        if values.count(values[0]) == len(values):
            shared.append((field, values[0]))
        else:
            own.append((field, values))
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field, _values in shared + own)
    into = f"INSERT INTO {quote(model._meta.db_table)} ({columns})"
    given = [value for _field, value in shared]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # An array a column: with a place for each value psycopg takes most of the time.
            kinds = [field.db_type(connection) for field, _values in shared + own]
            places = [f"%s::{kind}" for kind in kinds[: len(shared)]]
            arrays = [f"unnest(%s::{kind}[])" for kind in kinds[len(shared) :]]
            sql = f"{into} SELECT {', '.join(places + arrays)}"
            cursor.execute(sql, [*given, *(list(values) for _field, values in own)])
        else:
            marks = ", ".join(["%s"] * len(names))
            given = [_as_text(value) for value in given]
            each = zip(*(map(_as_text, values) for _field, values in own), strict=True)
            all_rows = [(*given, *values) for values in each] if own else [given] * len(rows)
            cursor.executemany(f"{into} VALUES ({marks})", all_rows)


def _as_text(value):
    """A time in UTC in SQLite's format; all other values unchanged."""
    return str(value.replace(tzinfo=None)) if isinstance(value, datetime) else value


def moment(text: str) -> datetime:
    """The same text as `Cast(…, TextField())` of a time gives, on either database.

    For thousands of rows, reading text takes a third of the time that the drivers need for
    `datetime`.
    """
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def utc(value):
    """SQLite stores times in UTC and returns them without a zone; this adds it. All other values
    unchanged."""
    is_naive = isinstance(value, datetime) and value.tzinfo is None
    return value.replace(tzinfo=UTC) if is_naive else value
