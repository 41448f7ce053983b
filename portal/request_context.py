"""The current request's id and client address, for the audit trail."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class RequestContext:
    request_id: str = ""
    address: str | None = None


NO_REQUEST = RequestContext()
_current: ContextVar[RequestContext] = ContextVar("request_context", default=NO_REQUEST)


def current() -> RequestContext:
    return _current.get()


def begin(context: RequestContext):
    """Make `context` current; returns the token that `end` takes."""
    return _current.set(context)


def end(token) -> None:
    _current.reset(token)
