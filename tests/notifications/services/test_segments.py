"""What an SMS costs (requirement D01)."""

import pytest

from portal.notifications.services.segments import fitted, segments, shortened


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ñ" * 160, 1),
        ("í" * 70, 1),
        ("í" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_segments_are_counted_as_they_are_paid(text, count):
    assert segments(text) == count


@pytest.mark.parametrize("text", ["word " * 400, "x" * 2000, "Κλινική " * 200, "😀" * 500])
def test_long_texts_are_cut(text):
    short = fitted(text)

    assert segments(short) == 2
    assert short.endswith("...")
    assert text.startswith(short.removesuffix("..."))


def test_accents_go_where_they_alone_would_double_the_price():
    assert fitted("Clínica Ñandú – “añejo”") == 'Clinica Ñandu - "añejo"'
    assert fitted("Clínica Λ Я") == "Clínica Λ Я"


def test_words_stay_whole():
    assert shortened("Harbour Medical Centre of the North", 24) == "Harbour Medical..."
    assert shortened("Harbourmedicalcentreofthenorth", 24) == "Harbourmedicalcentreo..."
    assert shortened("Harbour", 24) == "Harbour"
    assert all(len(shortened("ab cde f " * 9, length)) <= length for length in range(4, 80))
