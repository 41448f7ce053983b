"""Masks secrets in URLs, search terms and personal data in logs."""

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
    """A text with those parts masked; any other object unchanged."""
    if not isinstance(value, str):
        return value
    return _PERSONAL.sub("…", _QUERY.sub("?…", without_secrets(value)))


class Formatter(logging.Formatter):
    """Masks the whole line and its traceback, which quotes the arguments of errors."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


class RequestLines(logging.Filter):
    """Adds the request id to each line, and removes the traceback of 4xx responses, which are not
    faults."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        said = getattr(request, "request_id", "") or request_context.current().request_id
        record.request_id = said or "-"
        if getattr(record, "status_code", 500) < 500:
            record.exc_info = record.exc_text = None
        return True
