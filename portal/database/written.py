"""Reading and inserting by SQL that is written out; docs/decisions/written-out-sql.md says when."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import TypeVar

from django.db import connection
from django.db.models import Model

Any = TypeVar("Any", bound=Model)


def instances(model: type[Any], sql: str, parameters: Iterable = ()) -> list[Any]:
    """One query whose columns are named as the model's; those left out are deferred.

    Not for models with fields that convert what they read, such as JSON.

    `Model.objects.raw` does the same in twice the time, which it spends on asking which column
    is which field's.
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


def one(model: type[Any], column: str, value: object) -> Any | None:
    """The row of `model` in which a unique column has this value: one query."""
    found = instances(model, _select(model, column), [value])
    return found[0] if found else None


@cache
def _select(model: type[Model], column: str) -> str:
    """With its columns by name: after a migration that adds one a prepared `*` would be refused."""
    columns = ", ".join(field.column for field in model._meta.concrete_fields)
    return f"SELECT {columns} FROM {model._meta.db_table} WHERE {column} = %s"  # noqa: S608


@contextmanager
def planned_anew() -> Iterator[None]:
    """Within it PostgreSQL plans each query for the values that are asked for, although it may have
    prepared the same one: “every name with an a” needs another plan than “every Sørensen”."""
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
    """The names in the model's order, which `from_db` expects, and where each stands in a row."""
    names = [field.attname for field in model._meta.concrete_fields if field.attname in columns]
    return names, [columns.index(name) for name in names]


def seconds(column: str) -> str:
    """SQL that gives a moment in whole seconds since 1970. The drivers take twenty times as long
    over a `datetime`, which counts where hundreds of rows are read."""
    if connection.vendor == "sqlite":
        return f"CAST(strftime('%%s', {column}) AS INTEGER)"
    return f"floor(date_part('epoch', {column}))::bigint"


def one_of(ids: Iterable[int]) -> tuple[str, object]:
    """SQL that says “is one of these”, and its one value; see `Among`."""
    if connection.vendor == "sqlite":
        return "IN (SELECT value FROM json_each(%s))", json.dumps(list(ids))
    return ANY, array(ids)


ANY = "= ANY(%s::bigint[])"


def array(ids: Iterable[int]) -> str:
    """As PostgreSQL writes it: psycopg takes ten times as long over a list of hundreds."""
    return f"{{{','.join(map(str, ids))}}}"


def for_update() -> str:
    """The end of a SELECT that locks its rows. SQLite has no row locks and needs none."""
    return " FOR UPDATE" if connection.features.has_select_for_update else ""


def insert(rows: list[Any]) -> list[Any]:
    """Insert new rows of one model by one statement, and give them their ids.

    What is the same in all rows is said once. `bulk_create` takes three times as long, because it
    compiles each value of each row.
    """
    if not rows:
        return rows
    model = type(rows[0])
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    shared, own = [], []  # what stands for a field, and the values that it needs
    for field in fields:
        values = [field.pre_save(row, add=True) for row in rows]
        if any(value != values[0] for value in values):
            own.append((field, values))
            continue
        plain = _PLAIN.get(values[0]) if values[0].__hash__ else None
        shared.append((field, plain or "%s", [] if plain else values[:1]))
    sql = _insert(
        model, tuple((f, text) for f, text, _v in shared), tuple(f for f, _v in own), len(rows)
    )
    parameters = [
        field.get_db_prep_save(values[number], connection)
        for number in range(len(rows))
        for field, values in own
    ]
    parameters += [field.get_db_prep_save(v[0], connection) for field, _text, v in shared if v]
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = pk
            row._state.adding, row._state.db = False, connection.alias
    return rows


def insert_values(model: type[Model], names: list[str], rows: list[tuple]) -> None:
    """Insert rows that are tuples of values in the order of `names`, the model's attribute names;
    all fields but the id are among them. Moments are in UTC; other values go as they are.

    What is the same in all rows is said once. docs/decisions/weekly-hours.md has the figures.
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
            places = ", ".join(["%s"] * len(names))
            given = [_as_text(value) for value in given]
            each = zip(*(map(_as_text, values) for _field, values in own), strict=True)
            all_rows = [(*given, *values) for values in each] if own else [given] * len(rows)
            cursor.executemany(f"{into} VALUES ({places})", all_rows)


def _as_text(value):
    """A moment in UTC as SQLite keeps it; all else stays as it is."""
    return str(value.replace(tzinfo=None)) if isinstance(value, datetime) else value


def moment(text: str) -> datetime:
    """What `Cast(…, TextField())` of a moment says, on either database.

    Where thousands are read, that takes a third of the time in which the drivers convert them.
    """
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


# Written into the statement as they are.
_PLAIN = {None: "NULL", "": "''"}


@lru_cache(maxsize=64)
def _insert(model: type[Model], shared: tuple, own: tuple, count: int) -> str:
    """The statement; all that goes into it are names of columns and _PLAIN."""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in [f for f, _text in shared] + list(own))
    chosen = ", ".join([text for _field, text in shared] + [f"own.{quote(f.column)}" for f in own])
    into = f"INSERT INTO {quote(model._meta.db_table)} ({columns})"
    back = f"RETURNING {quote(model._meta.pk.column)}"
    if not own:
        return f"{into} VALUES ({chosen}) {back}"
    names = ", ".join(quote(field.column) for field in own)
    places = ", ".join(["(" + ", ".join(["%s"] * len(own)) + ")"] * count)
    given = f"WITH own({names}) AS (VALUES {places})"
    return f"{into} {given} SELECT {chosen} FROM own WHERE true {back}"  # noqa: S608


def utc(value):
    """SQLite keeps times in UTC, and says no zone with them. All else stays as it is."""
    is_naive = isinstance(value, datetime) and value.tzinfo is None
    return value.replace(tzinfo=UTC) if is_naive else value
