"""`axe_clean(page)`: no accessibility violation in light and dark, wide and at 320 px.

Two looks see both schemes and both widths; `--full` looks at each scheme in each width.
"""

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.plugins import selection

STANDARD = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
COLOURS = ("color-contrast", "link-in-text-block")  # what differs between the schemes
WIDE, NARROW = 1280, 320
LOOKS = (("light", WIDE, STANDARD), ("dark", NARROW, STANDARD))
# From one look to the next only a scheme or a width changes, never both.
FULL = (
    ("light", WIDE, STANDARD),
    ("dark", WIDE, COLOURS),
    ("dark", NARROW, STANDARD),
    ("light", NARROW, COLOURS),
)
RUN = "rules => axe.run(document, {resultTypes: ['violations'], runOnly: rules})"
LOADED = "() => typeof axe === 'object'"
# A change of scheme or width is on the screen two frames later; colours may then still fade.
SETTLE = """async () => {
    const frame = () => new Promise(requestAnimationFrame);
    await frame();
    await frame();
    for (const animation of document.getAnimations()) {
        try { animation.finish(); } catch { animation.cancel(); }  // endless ones cannot finish
    }
    await frame();
}"""


@pytest.fixture
def axe_clean():
    return check


def check(page) -> None:
    size = page.viewport_size
    if not page.evaluate(LOADED):
        # Evaluated, not added as a script element: the pages' CSP stays on and would refuse that.
        page.evaluate(AXE_SCRIPT)
    seen: dict[str, list[str]] = {}
    for scheme, width, rules in FULL if selection.is_full else LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": size["height"]})
        page.evaluate(SETTLE)
        for problem in problems(page, rules):
            seen.setdefault(problem, []).append(f"{scheme} at {width} px")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(size)
    if seen:
        lines = [f"{problem}\n  seen in {', '.join(where)}" for problem, where in seen.items()]
        pytest.fail("\n".join([f"{page.url} is not accessible:", *lines]), pytrace=False)


def problems(page, rules=STANDARD) -> list[str]:
    found = [describe(violation) for violation in page.evaluate(RUN, rules)["violations"]]
    excess = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    if excess > 0:  # WCAG 1.4.10
        found.append(f"reflow: the page is {excess} px wider than the window")
    return found


def describe(violation: dict) -> str:
    lines = [f"{violation['id']} ({violation['impact']}): {violation['help']}"]
    for node in violation["nodes"][:5]:
        reason = node["failureSummary"].splitlines()[1].strip()
        lines += [f"  {' '.join(map(str, node['target']))}", f"    {reason}"]
    return "\n".join(lines)
