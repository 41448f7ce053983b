"""A day in the URL."""

from datetime import date

YEARS = range(1900, 3000)  # beyond them lie the ends of Python's calendar


def day_in_url(request, name: str = "day") -> date | None:
    """`?day=2026-03-04`; None if there is none, or nonsense."""
    try:
        day = date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None
    return day if day.year in YEARS else None
