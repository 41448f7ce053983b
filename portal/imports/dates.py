"""Dates of birth as other systems write them, in an order that is known for the whole column."""

import re
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from portal.clock.typed_dates import SENSIBLE, birthday


class DateOrder(TextChoices):
    """The order in which they are tried; the first that reads all is taken."""

    ISO = "iso", _("Year, month, day: 1980-03-25")
    DAY_FIRST = "dmy", _("Day, month, year: 25.03.1980")
    MONTH_FIRST = "mdy", _("Month, day, year: 03/25/1980")
    SERIAL = "serial", _("Excel’s count of days: 29305")


MONTH_FIRST_REGIONS = {"US", "PH", "FM", "MH", "PW"}
_PARTS = re.compile(
    r"(\d{1,4})([-./ ])\s*(\d{1,2})\2\s*(\d{1,4})\.?(?:[T ]00?:00(?::00(?:\.0+)?)?Z?)?"
)
_DIGITS = re.compile(r"\d{8}")
_SERIAL = re.compile(r"\d{1,5}(?:[.,]0+)?")
_DAY_ZERO = date(1899, 12, 30)  # of Excel's count, which has a day too many in 1900


def day_in(text: str, order: str, *, today: date) -> date | None:
    """The date, or None if it cannot be read in this order. A year first is read in each order.

    A year of two digits is the last such year that is not after `today`.
    """
    if order == DateOrder.SERIAL and _SERIAL.fullmatch(text):
        return _DAY_ZERO + timedelta(days=int(re.split("[.,]", text)[0]))
    if parts := _PARTS.fullmatch(text):
        return _of_parts(parts[1], parts[3], parts[4], order, today)
    if _DIGITS.fullmatch(text):
        cut = (4, 6) if order == DateOrder.ISO else (2, 4)
        return _of_parts(text[: cut[0]], text[cut[0] : cut[1]], text[cut[1] :], order, today)
    return birthday(text, today=today) if any(char.isalpha() for char in text) else None


def guessed(texts: list[str], *, region: str, today: date) -> str:
    """The order that reads the most of a column's texts; where two do, the region decides."""
    orders = list(DateOrder)
    if region in MONTH_FIRST_REGIONS:
        orders = [DateOrder.ISO, DateOrder.MONTH_FIRST, DateOrder.DAY_FIRST, DateOrder.SERIAL]
    if not any(re.match(r"\d{4}\D|\d{8}$", text) for text in texts):
        orders.append(orders.pop(0))

    def read(order: str) -> int:
        return sum(day_in(text, order, today=today) is not None for text in texts)

    return max(orders, key=read)


def _of_parts(first: str, second: str, third: str, order: str, today: date) -> date | None:
    if len(first) == 4:
        return _date(int(first), int(second), int(third)) if len(third) < 3 else None
    if order not in (DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST) or len(third) not in (2, 4):
        return None
    day, month = (first, second) if order == DateOrder.DAY_FIRST else (second, first)
    year = int(third)
    if len(third) == 2:
        year += today.year // 100 * 100
        year -= 100 if year > today.year or _is_after(year, month, day, today) else 0
    return _date(year, int(month), int(day))


def _is_after(year: int, month: str, day: str, today: date) -> bool:
    found = _date(year, int(month), int(day))
    return bool(found and found > today)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def is_sensible(born: date) -> bool:
    return born.year in SENSIBLE
