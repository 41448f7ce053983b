"""Requests that a page sends by itself, which do not show that anybody is there."""

# Ids of the elements with `hx-trigger="every …"`; htmx names the element in a header.
POLLING_ELEMENTS = {"bell", "desk-refresh", "own-data-refresh"}
POLLED_PAGES = {"session-state"}


def is_background(request) -> bool:
    """Whether the page asked by itself. A browser that lies about it only shortens its session."""
    if request.method != "GET":
        return False
    match = request.resolver_match
    is_polled = match is not None and match.url_name in POLLED_PAGES
    return is_polled or request.headers.get("HX-Trigger") in POLLING_ELEMENTS
