"""Parses typed dates: day before month, as everywhere in the portal."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from django.utils.dates import MONTHS

from portal.models.names import fold

_D, _M, _Y = r"(?P<d>\d{1,2})", r"(?P<m>\d{1,2})", r"(?P<y>\d{4})"
_SEP, _SAME = r"\s*(?P<s>[-/.])\s*", r"\s*(?P=s)\s*"
_DAY, _MONTH = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?\.?", r"(?P<m>[^\W\d_]{3,})\.?"
# Three numbers between blanks, with no further one beside them: those are of a phone.
_APART, _ALONE = r"(?<!\d )", r"(?! \d)"

SENSIBLE = range(1900, 3000)  # years

# Each with whether it can be nothing else, such as a piece of a phone number.
_FORMS = (
    (rf"{_Y}{_SEP}{_M}{_SAME}{_D}", True),
    (rf"{_D}{_SEP}{_M}{_SAME}{_Y}", True),
    (rf"{_D}(?P<s>[/.]){_M}(?P=s)(?P<y>\d\d)", True),
    (rf"{_D}-{_M}-(?P<y>\d\d)", False),
    (rf"{_DAY}[\s-]*(?:of )?{_MONTH},?[\s-]*(?P<y>\d{{4}}|\d\d)", True),
    (rf"{_MONTH}[\s-]*{_DAY},?[\s-]+{_Y}", True),
    (rf"{_Y}[\s-]+{_MONTH}[\s-]+{_DAY}", True),
    (rf"{_APART}{_D}\s{_M}\s{_Y}{_ALONE}", True),
    (rf"{_APART}{_Y}\s{_M}\s{_D}{_ALONE}", True),
    (rf"{_APART}{_D}\s{_M}\s(?P<y>\d\d){_ALONE}", False),
    (rf"(?P<d>\d\d)(?P<m>\d\d){_Y}", False),
    (rf"{_Y}(?P<m>\d\d)(?P<d>\d\d)", False),
    (r"(?P<d>\d\d)(?P<m>\d\d)(?P<y>\d\d)", False),
)
_PATTERNS = [
    (re.compile(rf"(?<![\w+/.-]){form}(?![\w/-]|\.\d)", re.IGNORECASE), is_certain)
    for form, is_certain in _FORMS
]


@dataclass(frozen=True, slots=True)
class Found:
    """A date found in a text, and the text without it."""

    day: date
    is_certain: bool  # False: it may be digits of a phone number as well
    rest: str


def find_birthday(text: str, *, today: date) -> Found | None:
    """The first date in `text`, read as a date of birth: a two-digit year means the last such year
    in which the date is not after `today`."""
    return _find(text, today)


def birthday(text: str, *, today: date) -> date | None:
    """Reads “4/3/1980”, “04.03.80”, “4-3-80”, “4 3 1980”, “4 March 1980”, “04031980” and
    “1980-03-04” as the fourth of March; None if the text contains no date or more than a date. A
    four-digit year is used as it is, even a future one. The month is read first only if it cannot
    be otherwise."""
    return _whole(_find(text, today))


def day_of(text: str) -> date | None:
    """A date that may be in the future, in the same forms; “26” is 2026."""
    return _whole(_find(text, None))


def _whole(found: Found | None) -> date | None:
    return found.day if found and not found.rest.strip(" ,.") else None


def _find(text: str, today: date | None) -> Found | None:
    text = " ".join(unicodedata.normalize("NFKC", text).split())
    for pattern, is_certain in _PATTERNS:
        for match in pattern.finditer(text):
            if day := _read(match, today):
                rest = f"{text[: match.start()]} {text[match.end() :]}"
                return Found(day, is_certain, rest)
    return None


def _read(match: re.Match, today: date | None) -> date | None:
    day, month, year = int(match["d"]), _month(match["m"]), int(match["y"])
    if month > 12 >= day and match.start("d") < match.start("m"):
        day, month = month, day
    if len(match["y"]) == 4:
        # Eight digits can be read in two orders, of which only one gives a year such as this.
        is_year = year in SENSIBLE or not match.group().isdecimal()
        return _date(year, month, day) if is_year else None
    if today is None:
        return _date(2000 + year, month, day)
    century = today.year // 100 * 100
    tried = [_date(one + year, month, day) for one in (century, century - 100)]
    return next((one for one in tried if one and one <= today), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month(text: str) -> int:
    """From its number, or from three or more first letters of its name; 0 if it is none."""
    if text.isdecimal():
        return int(text)
    word = fold(text)
    names = ((number, fold(str(name))) for number, name in MONTHS.items())
    return next((number for number, name in names if name.startswith(word)), 0)
