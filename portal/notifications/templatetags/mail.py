"""What mails need: colours that can be read, words that fit, and what a browser is called."""

import re

from django import template
from django.utils.translation import gettext as _

from portal.notifications import letters
from portal.notifications.services import segments

register = template.Library()

BROWSERS: tuple[tuple[str, str], ...] = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
)
BROWSERS += (("SamsungBrowser", "Samsung Internet"), ("CriOS", "Chrome"), ("Chrome", "Chrome"))
BROWSERS += (("Safari", "Safari"),)
SYSTEMS: tuple[tuple[str, str], ...] = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
)
SYSTEMS += (("Mac OS X", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux"))

OURS = "#0c6b62"  # instead of a colour that is none
WHITE, INK, BLACK = "#ffffff", "#1b2422", "#000000"
READABLE = 4.5  # contrast of text, WCAG 1.4.3
COMFORTABLE = 6


@register.filter
def browser_name(user_agent: str) -> str:
    """“Firefox on Windows”, from what a browser says of itself."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")


@register.filter
def letter(text: str, origin: str) -> letters.Letter:
    """`text|letter:origin`: the parts of a mail's text, for its page."""
    return letters.letter(text, origin=origin)


@register.filter
def fit(words: object, length: int) -> str:
    """`office.name|fit:24`: short enough for an SMS, whose alphabet has no “…”."""
    return segments.shortened(str(words), length)


@register.filter
def ink_on(colour: str) -> str:
    """`clinic.colour|ink_on`: white or nearly black, whichever can be read on it."""
    ground = _rgb(colour)
    inks = (ink for ink in (WHITE, INK) if _contrast(_rgb(ink), ground) >= READABLE)
    return next(inks, BLACK)  # black can be read on all that white cannot


@register.filter
def legible_on(colour: str, ground: str) -> str:
    """`clinic.colour|legible_on:"#ffffff"`: the colour, as far towards black or white as it must be
    moved for text of it to be read on that ground."""
    under = _rgb(ground)
    goal = _rgb(WHITE if ink_on(ground) == WHITE else BLACK)
    for share in range(0, 101, 5):
        mixed = [round(c + (g - c) * share / 100) for c, g in zip(_rgb(colour), goal, strict=True)]
        if _contrast(mixed, under) >= COMFORTABLE:
            break
    return "#{:02x}{:02x}{:02x}".format(*mixed)


def _rgb(colour: str) -> tuple[int, ...]:
    valid = colour if re.fullmatch(r"#[0-9a-fA-F]{6}", colour) else OURS
    return tuple(bytes.fromhex(valid[1:]))


def _contrast(one, other) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(rgb) -> float:
    """WCAG's relative luminance."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in rgb)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
