"""Links to the previous and the next page that keep the filters."""

from urllib.parse import urlencode

from portal.web.pages import Page


def kept_query(request, *without: str) -> list[tuple[str, str]]:
    """Names and values of the URL's query, for the hidden fields of a form that changes some of
    them."""
    return [(name, value) for name, value in request.GET.items() if name not in without]


def page_links(request, page: Page) -> dict[str, str]:
    """`prev_url` and `next_url` for components/pagination.html; empty where there is none."""

    def link(number: int) -> str:
        return f"?{urlencode({**request.GET.dict(), 'page': number})}"

    return {
        "prev_url": link(page.number - 1) if page.has_previous else "",
        "next_url": link(page.number + 1) if page.has_next else "",
    }
