"""A day in the URL."""

from datetime import date

from portal.clock.typed_dates import day_of

YEARS = range(1900, 3000)  # beyond them lie the ends of Python's calendar


def day_in_url(request, name: str = "day") -> date | None:
    """`?day=2026-03-04`, or any typed form; None if it is missing or invalid."""
    day = day_of(request.GET.get(name, ""))
    return day if day and day.year in YEARS else None
