"""Addresses in the settings: the public address of the portal, allowed hosts, the sender of mails.

Each function parses the value of one variable. If the value is invalid, it raises ValueError with
the end of a sentence; the caller puts the variable's name in front.
"""

import re
from email.headerregistry import Address
from email.utils import unquote
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, validate_ipv46_address

PORTS = {"http": 80, "https": 443}
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_NAMED = re.compile(r"(?P<name>.*?)\s*<(?P<address>[^<>]*)>", re.DOTALL)
_is_address = EmailValidator(allowlist=["localhost"])


def origin(text: str) -> str:
    """The origin as browsers write it, such as `https://portal.example`: lower case, without a
    default port, non-ASCII host names encoded."""
    parts = _split(text)
    scheme = parts.scheme.lower()
    if scheme not in PORTS or not parts.hostname:
        raise ValueError("must be like https://portal.example.")
    if parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("is a scheme and a host, like https://portal.example, and nothing after.")
    host = host_name(f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname)
    is_usual = parts.port in (None, PORTS[scheme])
    return f"{scheme}://{host}" if is_usual else f"{scheme}://{host}:{parts.port}"


def host_of(origin: str) -> str:
    """The host of the origin, in the form that ALLOWED_HOSTS needs."""
    host = urlsplit(origin).hostname or ""
    return f"[{host}]" if ":" in host else host


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _checked = parts.port
    except ValueError:
        raise ValueError("has a host or a port that cannot be read.") from None
    return parts


def hosts(text: str) -> list[str]:
    """Host names for Django's ALLOWED_HOSTS, from a comma-separated list."""
    given = [part.strip().strip("\"'") for part in text.split(",")]
    return [_allowed(part) for part in given if part]


def _allowed(text: str) -> str:
    """Django compares without the port, so an entry with one would never match."""
    if text == "*":
        return text
    dot = "." if text.startswith(".") else ""
    try:
        return dot + host_name(text.removeprefix("."))
    except ValueError:
        raise ValueError(
            f"lists “{text}”; it takes host names with commas between, without scheme and port."
        ) from None


def host_name(text: str) -> str:
    """A name or an IP address (IPv6 in brackets), in lower case and ASCII."""
    try:
        if text.startswith("["):
            validate_ipv46_address(text.removeprefix("[").removesuffix("]"))
            return text.lower()
        name = _ascii(text)
    except (UnicodeError, ValidationError):
        name = ""
    if not name or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise ValueError("has a host that is no name of a host.")
    return name


def _ascii(text: str) -> str:
    if text.isascii():
        return text.lower().removesuffix(".")
    from idna import encode  # deferred: its tables are large, and few names need them

    return encode(text, uts46=True).decode()


def sender(text: str) -> str:
    """One address, or `Name <address>`; the name may contain a comma."""
    if not text.strip() or not text.isprintable():
        raise ValueError("must be an address, or a name and <an address>, in one line.")
    found = _NAMED.fullmatch(text.strip())
    quoted = found["name"].strip() if found else ""
    name = unquote(quoted)
    address = (found["address"] if found else text).strip()
    if name == quoted and re.search(r"[@<>]", name):
        raise ValueError("must hold one address, like Clinic <clinic@portal.example>.")
    local, _at, domain = address.rpartition("@")
    try:
        address = f"{local}@{host_name(domain)}"
        _is_address(address)
        return str(Address(display_name=name, addr_spec=address)) if name else address
    except (ValueError, ValidationError):
        raise ValueError("has no valid address, such as clinic@portal.example.") from None
