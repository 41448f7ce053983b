"""Reading and inserting by SQL that is written out; docs/decisions/written-out-sql.md says when."""

from collections.abc import Iterable
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


@cache
def _in_order(model: type[Model], columns: tuple[str, ...]) -> tuple[list[str], list[int]]:
    """The names in the model's order, which `from_db` expects, and where each stands in a row."""
    names = [field.attname for field in model._meta.concrete_fields if field.attname in columns]
    return names, [columns.index(name) for name in names]


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
    all fields but the id are among them. Moments are adapted, other values go as they are.

    Making instances of the rows first takes three times as long: docs/decisions/weekly-hours.md.
    """
    columns = [model._meta.get_field(name).column for name in names]
    into = ", ".join(connection.ops.quote_name(column) for column in columns)
    sql = f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({into}) VALUES "  # noqa: S608
    adapt = connection.ops.adapt_datetimefield_value
    place = f"({', '.join(['%s'] * len(names))})"
    step = MOST_PARAMETERS // len(names)
    with connection.cursor() as cursor:
        for first in range(0, len(rows), step):
            some = rows[first : first + step]
            values = [adapt(one) if type(one) is datetime else one for row in some for one in row]
            cursor.execute(sql + ", ".join([place] * len(some)), values)


MOST_PARAMETERS = 30_000  # SQLite takes 32,766

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
