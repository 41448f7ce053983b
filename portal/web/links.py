"""Links to the pages before and after, with the filters kept."""

from urllib.parse import urlencode

from portal.web.pages import Page


def page_links(request, page: Page) -> dict[str, str]:
    """`prev_url` and `next_url` for components/pagination.html; empty where there is none."""

    def link(number: int) -> str:
        return f"?{urlencode({**request.GET.dict(), 'page': number})}"

    return {
        "prev_url": link(page.number - 1) if page.has_previous else "",
        "next_url": link(page.number + 1) if page.has_next else "",
    }
