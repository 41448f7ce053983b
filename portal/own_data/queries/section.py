"""What a section of the own data is, and how its records are read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BinaryField, QuerySet
from django_stubs_ext import StrOrPromise
from phonenumber_field.modelfields import PhoneNumberField

from portal.database.phones import plain_phone
from portal.models import User
from portal.models.names import FoldedField

Record = dict[str, Any]  # JSON values, dates, moments (UTC), and lists of further records


@dataclass(frozen=True)
class Owner:
    """Whose data it is. `patients`: ids of their own charts, one or none."""

    user: User
    patients: list[int]


@dataclass(frozen=True, kw_only=True)
class Section:
    """One key of the JSON and one heading of the PDF.

    - `read(owner)`: its records, in a fixed number of queries; `is_single`: it has one at most,
      which stands in the JSON without a list.
    - `holds`: the columns by which its rows are found, as "Model.field". Every column of the
      database that refers to a person is in some section, or in `excused.py` with a reason.
    - `columns`: the keys that the PDF prints as a table; without them each record is a block, under
      the values of the keys `heading`.
    - `words`: how values are printed: key → choices.
    """

    name: str
    title: StrOrPromise
    read: Callable[[Owner], list[Record]]
    holds: tuple[str, ...]
    is_single: bool = False
    columns: tuple[str, ...] = ()
    heading: tuple[str, ...] = ()
    words: Mapping[str, Sequence[tuple[str, StrOrPromise]]] = field(default_factory=dict)


def records(
    found: QuerySet, *, without: Iterable[str] = (), also: Mapping[str, str] | None = None
) -> list[Record]:
    """All columns of each row save references and `without`, and `also`: key → path. One query.

    A column that is added to the model is exported without further ado, unless it holds a file.
    """
    paths: dict[str, Any] = {
        one.name: plain_phone(one.name) if isinstance(one, PhoneNumberField) else one.name
        for one in found.model._meta.concrete_fields
        if not one.is_relation
        and not isinstance(one, (FoldedField, BinaryField))
        and one.name not in {"id", *without}
    }
    paths |= also or {}
    return [dict(zip(paths, row, strict=True)) for row in found.values_list(*paths.values())]
