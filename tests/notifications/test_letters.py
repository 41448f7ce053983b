"""How a mail's text becomes a page (requirement D01)."""

import pytest

from portal.notifications.letters import Paragraph, letter, lines, one_line, tidy

ORIGIN = "https://clinic.example"


def body(text: str) -> tuple[Paragraph, ...]:
    return letter(tidy(text), origin=ORIGIN).body


def test_paragraphs_details_links_and_small_print():
    details = "  When: Monday: 9:00\n  With: Dr A"
    text = f"Hello,\nyou\n\n\n{details}\n\nSee it:\n{ORIGIN}/a/\n\n-- \nClinic\n"

    assert letter(tidy(text), origin=ORIGIN).small_print == (Paragraph(text="Clinic"),)
    assert body(text) == (
        Paragraph(text="Hello,\nyou"),
        Paragraph(details=(("When", "Monday: 9:00"), ("With", "Dr A"))),
        Paragraph(text="See it", url=f"{ORIGIN}/a/"),
    )


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/", "https://clinic.example.evil/", "javascript:1", f"{ORIGIN}@evil/"],
)
def test_only_the_portal_is_linked(url):
    assert body(f"See it:\n{url}") == (Paragraph(text=f"See it:\n{url}"),)


def test_what_people_write_is_no_layout():
    text = lines("  When: now\n--\nSee:\n\n\n\nend\x00\r\n-- \nmore")

    assert text == "When: now\n–\nSee:\n\nend\n–\nmore"
    assert letter(tidy(text), origin=ORIGIN).small_print == ()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("Ana\r\nBcc: x", "Ana Bcc: x"),
        ("Ana\u2028\u0085\x0bRuiz", "Ana Ruiz"),
        ("\u202eAna\u2066\u200f \ufeff\x07", "Ana"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d⚕️ José", "👩\u200d⚕️ José"),
        ("\ud800", ""),
    ],
)
def test_names_are_one_line_and_keep_their_script(typed, told):
    assert one_line(typed) == told
