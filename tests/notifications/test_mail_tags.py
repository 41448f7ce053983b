"""A clinic's colour is readable whatever it is (requirement D01)."""

import colorsys

import pytest

from portal.notifications.templatetags.mail import ink_on, legible_on

COLOURS = [
    "#{:02x}{:02x}{:02x}".format(
        *(round(part * 255) for part in colorsys.hls_to_rgb(hue, light, 1))
    )
    for hue in (0, 0.15, 0.33, 0.5, 0.66, 0.8)
    for light in (0, 0.1, 0.3, 0.5, 0.7, 0.9, 1)
]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(p * share for p, share in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colour", COLOURS)
def test_D01_text_on_the_clinics_colour_can_be_read(colour):
    assert contrast(ink_on(colour), colour) >= 4.5


@pytest.mark.parametrize("ground", ["#ffffff", "#18201e"])
@pytest.mark.parametrize("colour", COLOURS)
def test_D01_links_in_the_clinics_colour_can_be_read(colour, ground):
    made = legible_on(colour, ground)

    assert contrast(made, ground) >= 4.5
    assert contrast(ink_on(made), made) >= 4.5  # the button, in dark mode


def test_D01_a_colour_that_is_legible_stays_as_it_is():
    assert legible_on("#08534c", "#ffffff") == "#08534c"


def test_D01_what_is_no_colour_never_reaches_a_style():
    assert legible_on('red; background: url("//evil")', "#ffffff") == "#0c6b62"
