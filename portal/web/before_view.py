"""Middleware that looks at a request once its view is known, and before the view runs."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_only_middleware

Check = Callable[[HttpRequest, Callable, dict[str, Any]], HttpResponse | None]


def before_view(check: Check) -> Callable:
    """Make a middleware of `check(request, view, arguments)`: what it returns is the answer; None
    lets the view run. `arguments` are those from the URL."""

    @sync_only_middleware
    @wraps(check)
    def make(get_response: Callable) -> Callable:
        def middleware(request: HttpRequest) -> HttpResponse:
            return get_response(request)

        def process_view(request, view, _positional, arguments):
            return check(request, view, arguments)

        middleware.process_view = process_view  # type: ignore[attr-defined]  # Django looks for it there
        return middleware

    return make
