"""URLs with a secret part: whoever has the URL may read or do something.

A test walks the URLconf: each new URL with a free part must be listed here, or there as harmless.
"""

import re

# The text before the secret part and the text after it.
_SECRET_PARTS = (
    (r"/calendar/", r"\.ics"),
    (r"/attendance/", r"/"),
    (r"/invitations/", r"/"),
    (r"/household/accept/", r"/"),
    (r"/household/answer/", r"/"),
    (r"/notifications/unsubscribe/", r"/"),
    (r"/set-up/first/", r"/"),
    (r"/accounts/confirm-email/", r"/"),
    (r"/accounts/password/reset/key/", r"/"),
)
_SECRETS = re.compile(
    "|".join(rf"(?<={before})[^/\s?]+?(?={after})" for before, after in _SECRET_PARTS)
)
# Also where the end is missing, because the address was cut off or typed wrongly.
_CUT_OFF = re.compile("|".join(rf"(?<={before})[^/\s?\"'…]+" for before, _after in _SECRET_PARTS))


def has_secret(path: str) -> bool:
    """Whether a part of this path is a secret."""
    return _SECRETS.search(path) is not None


def without_secrets(text: str) -> str:
    """The text with “…” in place of the secret part of each URL in it."""
    return _CUT_OFF.sub("…", _SECRETS.sub("…", text))
