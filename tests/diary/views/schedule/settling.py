"""The second step of taking time off, of Wednesday 4 March 2026."""

from urllib.parse import urlencode

from tests.setups.diary import DAY

LIST, NEW = "/schedule/time-off/", "/schedule/time-off/new/"


def url(**query) -> str:
    return f"{NEW}?{urlencode({'first': DAY, 'last': DAY, **query})}"


def seen(*appointments) -> str:
    return " ".join(f"{one.pk}:{one.version}" for one in appointments)


def rows_of(response) -> dict:
    return {row.pk: row for row in response.context["rows"]}


def proposed(response) -> list[int]:
    return [slot.pk for row in response.context["rows"] for slot in row.item.times]
