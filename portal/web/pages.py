"""Pagination: fifty rows per page, with plain links and without a count of all rows."""

from dataclasses import dataclass
from typing import Generic, TypeVar

PAGE_SIZE = 50

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    rows: list[Row]
    number: int
    has_next: bool

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    def __iter__(self):
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def page_of(rows: list[Row], number: int) -> Page[Row]:
    """`rows` were read from the start of the page, one more than fits if there are more."""
    return Page(rows[:PAGE_SIZE], number, has_next=len(rows) > PAGE_SIZE)


def paged(queryset, number: int) -> Page:
    """Read page `number` (from 1) of a queryset: one query."""
    start = (number - 1) * PAGE_SIZE
    return page_of(list(queryset[start : start + PAGE_SIZE + 1]), number)


def page_number(text: str | None) -> int:
    """The page number in a URL; an invalid one means the first page."""
    try:
        return min(max(1, int(text or 1)), 10_000)
    except ValueError:
        return 1
