"""What logs must not say: secrets in addresses, what somebody searched for, and who they are."""

import logging
import re

from portal import request_context
from portal.web.secret_paths import without_secrets

# A question mark that ends a word is no query.
_QUERY = re.compile(r"(?<=[^\s?])\?[^\s?\"'<>]+")
# Addresses of people, phone numbers as they are stored, and the values that PostgreSQL quotes when
# it refuses a row.
_PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\+\d[\d ]{6,}\d|(?<=DETAIL:)[^\n]+|(?<=\bfrom ip=)\S+"
)


def masked(value):
    """Text without those; anything else as it is."""
    if not isinstance(value, str):
        return value
    return _PERSONAL.sub("…", _QUERY.sub("?…", without_secrets(value)))


class Formatter(logging.Formatter):
    """Masks the whole line, and the traceback under it, where arguments of errors are quoted."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


class RequestLines(logging.Filter):
    """Gives each line the id of its request, and refusals no traceback: they are no faults."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        said = getattr(request, "request_id", "") or request_context.current().request_id
        record.request_id = said or "-"
        if getattr(record, "status_code", 500) < 500:
            record.exc_info = record.exc_text = None
        return True
