"""Path converters of the portal's URLs."""

from datetime import date


class IsoDateConverter:
    """`2026-03-04` ↔ datetime.date; anything else is a 404."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()
