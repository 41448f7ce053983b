"""Path converters for the portal's URLs."""

from datetime import date

from portal.web.days import YEARS


class IsoDateConverter:
    """`2026-03-04` ↔ datetime.date; anything else, or a date out of range, is a 404."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        day = date.fromisoformat(value)
        if day.year not in YEARS:
            raise ValueError(value)
        return day

    def to_url(self, value: date) -> str:
        return value.isoformat()
