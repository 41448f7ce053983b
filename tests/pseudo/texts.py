"""The texts that a person reads on a page, and which of them are not translated."""

import re
from datetime import date
from html.parser import HTMLParser
from zoneinfo import available_timezones

from django.apps import apps
from django.db.models import CharField, JSONField, TextField
from django.utils import timezone

from portal.diary.queries.public_holidays import countries, public_holidays, regions
from portal.models import Office
from portal.models.languages import LANGUAGE_NAMES
from tests.pseudo.language import CLOSE, OPEN

UNSEEN = {"script", "style", "title", "template"}
SPOKEN = (
    "aria-label",
    "placeholder",
    "title",
    "alt",
    "value",
)  # attributes
INLINE = {"a", "abbr", "b", "bdi", "code", "em", "kbd", "small", "span", "strong", "sup", "time"}
BRACKETED = re.compile(rf"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
WORD = re.compile(r"[^\W\d_]{3,}")


class Texts(HTMLParser):
    """The text nodes and the spoken attributes of a page."""

    def __init__(self, html: str):
        super().__init__()
        self.found: list[str] = []
        self._unseen = 0
        self._words: list[str] = []  # of the block that is open
        self.feed(html)
        self._end_block()

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self._unseen += tag in UNSEEN
        if tag not in INLINE:
            self._end_block()
        if tag == "input" and values.get("type") not in ("submit", "button"):
            values.pop("value", None)  # what was typed
        if tag in ("option", "button"):
            values.pop("value", None)
        self.found += [values[name] for name in SPOKEN if values.get(name)]

    def handle_endtag(self, tag):
        self._unseen -= tag in UNSEEN
        if tag not in INLINE:
            self._end_block()

    def handle_data(self, data):
        if not self._unseen:
            self._words.append(data)

    def _end_block(self):
        text = " ".join("".join(self._words).split())
        self._words.clear()
        if text:
            self.found.append(text)


def untranslated(html: str, data: re.Pattern) -> list[str]:
    """Texts of the page with a word in them that is neither in brackets nor a match of `data`."""
    return [text for text in Texts(html).found if WORD.search(_rest(text, data))]


def _rest(text: str, data: re.Pattern) -> str:
    text = data.sub(" ", text)
    while (inner := BRACKETED.sub(" ", text)) != text:
        text = inner
    return text


def words_of_the_database() -> re.Pattern:
    """Every text in the database: names, addresses, reasons, references."""
    texts: set[str] = set()
    for model in apps.get_app_config("portal").get_models():
        names = [
            field.name
            for field in model._meta.fields
            if isinstance(field, CharField | TextField) and not isinstance(field, JSONField)
        ]
        for row in model.objects.values_list(*names):
            texts.update(str(value) for value in row if value and len(str(value)) > 1)
    texts.update(_names_of_places_and_holidays())
    longest = sorted({" ".join(text.split()) for text in texts}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest)))


def _names_of_places_and_holidays() -> set[str]:
    """As the libraries name them; and languages, which are named in themselves."""
    this_year = timezone.now().year
    days = date(this_year, 1, 1), date(this_year + 2, 12, 31)
    found = {name for _code, name in countries()} | set(LANGUAGE_NAMES.values())
    found |= {part for zone in available_timezones() for part in re.split("[/_]", zone)}
    for office in Office.objects.exclude(country=""):
        found |= {name for _code, name in regions(office.country)}
        found |= set(public_holidays(office.country, office.region, *days).values())
    return found
