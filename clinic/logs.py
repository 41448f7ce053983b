"""What logs must not say: the secret addresses of calendars."""

import logging
import re

_SECRET = re.compile(r"(/calendar/)[^/\s?]+?(\.ics)")


def masked(value):
    """Text without the secret part of such an address; anything else as it is."""
    return _SECRET.sub(r"\1…\2", value) if isinstance(value, str) else value


class WithoutSecrets(logging.Filter):
    """Django writes down the path of a request that it refuses."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = masked(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(masked(value) for value in record.args)
        return True
