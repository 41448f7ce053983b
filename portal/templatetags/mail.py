"""The page of a mail is made from its text, so that the two always say the same."""

import re
from typing import NamedTuple

from django import template
from django.utils.translation import gettext as _

register = template.Library()

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"))
BROWSERS += (("SamsungBrowser", "Samsung Internet"), ("CriOS", "Chrome"), ("Chrome", "Chrome"))
BROWSERS += (("Safari", "Safari"),)
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"))
SYSTEMS += (("Mac OS X", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux"))


class Paragraph(NamedTuple):
    text: str
    url: str


@register.filter
def paragraphs(text: str) -> list[Paragraph]:
    """Split at empty lines; a last line that is an address becomes the paragraph's link."""
    return [_paragraph(part.strip()) for part in re.split(r"\n\s*\n", text) if part.strip()]


def _paragraph(part: str) -> Paragraph:
    words, _newline, last = part.rpartition("\n")
    if re.fullmatch(r"https?://\S+", last):
        return Paragraph(words.strip().removesuffix(":"), last)
    return Paragraph(part, "")


@register.filter
def browser_name(user_agent: str) -> str:
    """“Firefox on Windows”, from what a browser says of itself."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")
