"""Parses the setting SMS_URL. It does not import Django, because the settings use it."""

import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

FORM = "twilio://ACCOUNT_SID:AUTH_TOKEN@api.twilio.com?from=+34… or ?messaging_service=MG…"
FOLDER = "folder"
_SENDER = re.compile(r"\+?\d{3,15}|(?=.*[A-Za-z])[A-Za-z0-9 &+_-]{1,11}")


@dataclass(frozen=True)
class Twilio:
    """An account, the host of its API, and the sender (one of the two is empty)."""

    account: str
    token: str = field(repr=False)
    base: str  # https://api.twilio.com
    sender: str  # E.164, a short code or an alphanumeric name
    messaging_service: str


def twilio(url: str) -> Twilio | None:
    """The account in `twilio://` or, for tests, `twilio+http://`. None for a folder or an empty
    value.

    Raises ValueError with a sentence that explains the format of SMS_URL.
    """
    if url in ("", FOLDER):
        return None
    parts = _split(url)
    if parts.scheme not in ("twilio", "twilio+http"):
        raise ValueError(f"SMS_URL must be empty, “{FOLDER}”, or {FORM}.")
    # "+34…" is meant: in a query a bare + would be a space.
    asked = parse_qs(parts.query.replace("+", "%2B"))
    sender, service = (asked.get(name, [""])[0] for name in ("from", "messaging_service"))
    account, token = unquote(parts.username or ""), unquote(parts.password or "")
    if parts.path not in ("", "/") or parts.fragment:
        raise ValueError(f"SMS_URL has a path: {FORM}; in the token / is %2F and # is %23.")
    if not (account and token and parts.hostname):
        raise ValueError(f"SMS_URL lacks the account, its token or the host: {FORM}.")
    if bool(sender) == bool(service):
        raise ValueError(f"SMS_URL names one sender: {FORM}.")
    if sender and not _SENDER.fullmatch(sender):
        raise ValueError("SMS_URL must have a number like +34600000001, or a name, after from=.")
    return Twilio(account, token, _base(parts), sender, service)


def _split(url: str) -> SplitResult:
    """Python's own error messages would show a part of the token."""
    try:
        parts = urlsplit(url)
        _checked = parts.port
    except ValueError:
        raise ValueError(f"SMS_URL must be {FORM}; in the token / is %2F and @ is %40.") from None
    return parts


def _base(parts: SplitResult) -> str:
    """Only the tests' own servers use http."""
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme == "twilio":
        return f"https://{host}"
    if parts.hostname not in ("127.0.0.1", "localhost"):
        raise ValueError("SMS_URL may say twilio+http only of this machine; use twilio://.")
    return f"http://{host}"
