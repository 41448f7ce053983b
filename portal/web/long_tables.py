"""Pages with long tables."""

from collections.abc import Mapping
from itertools import chain, zip_longest

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from portal.web.templatetags.rows import LATER, PLACE


def render_long(
    request: HttpRequest, template: str, context: Mapping[str, object], status: int = 200
) -> HttpResponse:
    """What `django.shortcuts.render` gives, with the rows of `{% rows %}` set in at the end.

    Raises RuntimeError if the page does not have each table once, in the order they were made in:
    a table must not stand in a `{% cache %}`, nor in what is printed twice.
    """
    tables: list[bytes] = []
    page = render_to_string(template, {**context, LATER: tables}, request)
    parts = page.encode().split(PLACE.encode())
    if len(parts) != len(tables) + 1:
        raise RuntimeError(f"{template} made {len(tables)} tables, {len(parts) - 1} are shown.")
    whole = b"".join(chain.from_iterable(zip_longest(parts, tables, fillvalue=b"")))
    return HttpResponse(whole, status=status)
