"""A person at the keyboard, without a mouse: moves by Tab and counts the keys."""

import re
import time

from playwright.sync_api import Page, expect

# The accessible name, as far as the pages give one: aria-label, the label, the text.
FOCUSED = """() => {
  const it = document.activeElement;
  const name = it.getAttribute('aria-label') || it.labels?.[0]?.textContent || it.textContent;
  return name.replace(/\\s+/g, ' ').trim();
}"""


class Keyboard:
    def __init__(self, page: Page):
        self.page = page
        self.keys = 0
        self.started = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def press(self, key: str) -> None:
        self.keys += 1
        self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.keys += len(text)
        self.page.keyboard.type(text)

    def tab_to(self, pattern: str, *, at_most: int = 60) -> str:
        """Tab on until what has the focus is named like that; returns its name."""
        passed = []
        for _ in range(at_most):
            self.press("Tab")
            name = self.page.evaluate(FOCUSED)
            if re.search(pattern, name):
                return name
            passed.append(name)
        raise AssertionError(f"{pattern} is not reached by Tab on {self.page.url}: {passed}")

    def arrow_to(self, pattern: str, *, at_most: int = 20) -> None:
        """Down until what has the focus is named like that."""
        for _ in range(at_most):
            self.press("ArrowDown")
            if re.search(pattern, self.page.evaluate(FOCUSED)):
                return
        raise AssertionError(f"{pattern} is not reached by arrows on {self.page.url}")

    def told(self, what: str) -> str:
        return f"{what} in {self.seconds:.1f} s with {self.keys} keys"

    def enter_opens(self, heading: str) -> None:
        self.press("Enter")
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
