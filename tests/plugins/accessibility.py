"""`axe_clean(page)`: no accessibility violation in light and dark, wide and at 320 px."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT

SCHEMES = ("light", "dark")
WIDTHS = (1280, 320)
RUN = """() => axe.run(document, {
    resultTypes: ['violations'],
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
})"""


@pytest.fixture
def axe_clean():
    return check


def check(page) -> None:
    size = page.viewport_size
    # Evaluated, not added as a script element: the pages' CSP stays on and would refuse that.
    page.evaluate(AXE_SCRIPT)
    problems = []
    for scheme in SCHEMES:
        for width in WIDTHS:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": size["height"]})
            violations = page.evaluate(RUN)["violations"]
            problems += [f"{scheme}, {width} px: {line}" for line in map(describe, violations)]
            problems += overflow(page, scheme, width)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(size)
    assert not problems, f"{page.url}\n" + "\n".join(problems)


def describe(violation: dict) -> str:
    places = "; ".join(
        f"{' '.join(map(str, node['target']))}\n    {node['failureSummary']}"
        for node in violation["nodes"][:5]
    )
    return f"{violation['id']} ({violation['impact']}): {violation['help']}\n  {places}"


def overflow(page, scheme: str, width: int) -> list[str]:
    """A page wider than the window needs scrolling in two directions (WCAG 1.4.10)."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"{scheme}, {width} px: the page is {wide} px wide"] if wide > width else []
