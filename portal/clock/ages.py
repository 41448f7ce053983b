"""Ages in whole years."""

from datetime import date


def age_on(day: date, *, born: date) -> int:
    """The age on `day`; somebody born on 29 February is a year older on 1 March of other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
