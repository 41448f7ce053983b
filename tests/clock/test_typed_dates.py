"""Dates as people type them."""

from datetime import date

import pytest

from portal.clock.typed_dates import birthday, day_of, find_birthday
from portal.people.queries.patients import read

TODAY = date(2026, 3, 4)
FOURTH_OF_MARCH = date(1980, 3, 4)


WRITTEN = """
4/3/1980|04/03/1980|4.3.1980|4. 3. 1980|4-3-1980|4 3 1980|04 03 1980|4-3-80|4/3/80|4.3.80|4 3 80
04031980|040380|1980-03-04|19800304|4 march 1980|4 March, 1980|4th of March 1980|4 mar 80|4-Mar-1980
March 4, 1980|mar 4th 1980|1980 March 4|1980 3 4| 4 / 3 / 1980 |４/３/１９８０
"""


@pytest.mark.parametrize("text", WRITTEN.strip().replace("\n", "|").split("|"))
def test_a_date_of_birth_however_it_is_typed(text):
    assert birthday(text, today=TODAY) == FOURTH_OF_MARCH


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("3/3/26", date(2026, 3, 3)),
        ("4/3/26", date(2026, 3, 4)),
        ("5/3/26", date(1926, 3, 5)),  # never the future
        ("31/12/26", date(1926, 12, 31)),
        ("29/2/00", date(2000, 2, 29)),
        ("29/2/26", None),
        ("5/3/2026", date(2026, 3, 5)),  # whoever asks says that it is to come
        ("12 12 1912", date(1912, 12, 12)),
        ("20021103", date(2002, 11, 3)),
        ("19/80", None),
        ("4 marsh 1980", None),
        ("4. März 1980", None),
        ("4/3/1980 5", None),
        ("600111222", None),
        ("", None),
    ],
)
def test_the_century_is_a_sensible_one(text, born):
    assert birthday(text, today=TODAY) == born


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-04-03", date(2026, 4, 3)),
        ("3/4/2026", date(2026, 4, 3)),
        ("3.4.26", date(2026, 4, 3)),
        ("3 April 2026", date(2026, 4, 3)),
        ("tomorrow", None),
        ("0001-01-01", date(1, 1, 1)),  # forms say that it is too far
    ],
)
def test_a_day_that_may_be_to_come(text, day):
    assert day_of(text) == day


@pytest.mark.parametrize(
    ("text", "words", "digits", "born"),
    [
        ("garcia 4 march 1980", ["garcia"], "", FOURTH_OF_MARCH),
        ("garcia 4 3 1980", ["garcia"], "", FOURTH_OF_MARCH),
        ("600 11 12 2000", [], "60011122000", None),
        ("600 11 4/3/1980", [], "60011", FOURTH_OF_MARCH),
        ("O’Neill, 600", ["oneill"], "600", None),
    ],
)
def test_B16_what_is_typed_to_find_a_patient(text, words, digits, born):
    typed = read(text)

    assert (typed.words, typed.digits, typed.born) == (words, digits, born)


def test_B16_eight_digits_may_be_a_date_or_a_piece_of_a_number():
    typed = read("04031980")

    assert (typed.digits, typed.born, typed.is_either) == ("04031980", FOURTH_OF_MARCH, True)


def test_the_rest_of_the_text_is_kept():
    assert find_birthday("Ana 4/3/1980 Ruiz", today=TODAY).rest.split() == ["Ana", "Ruiz"]
