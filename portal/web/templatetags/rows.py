"""Long tables: `{% rows lines %}<tr><td>{{ row.time }}</td></tr>{% endrows %}`.

A loop over fifty rows spends most of a page's time on looking up, translating and escaping. Here
the body is rendered once and filled in for every row, as `portal.web.filled` says. So the body may
print attributes of `row`, which have to be ready to print, and everything else of the page; it
cannot ask `{% if row.… %}` or put a filter on a row's value.

Rows that look different have a `kind` each, and a body for each kind:

    {% rows tiles %}{% kind "free" %}<b>{{ row.time }}</b>{% kind "past" %}…{% endrows %}

A page that is asked for again and again gives rows that are `Kept`: their text is made once in
each process, and found again by all that it depends on.

Nested templates copy what is inside them, a dozen times for a long table; `portal.web.long_tables`
has them handle a mark instead, and puts the rows into the finished page.
"""

import secrets
from collections.abc import Callable, Hashable
from html import escape
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

from django import template
from django.template.base import NodeList
from django.utils.safestring import SafeString

from portal.web.filled import MARK, Filled, Marks

register = template.Library()

PLACE = SafeString(secrets.token_hex(8))  # of a table that is set in when the page is finished
LATER = "_rows_set_in_later"  # in the context: a list that takes the bytes of such tables

MOST = 5_000  # rows that are kept; a row of the day sheet has about a kilobyte
_kept: dict[tuple[str, Hashable], bytes] = {}  # by the form and the row's key


class Kept(NamedTuple):
    """A row that is made when its text is not there yet."""

    kind: str
    key: Hashable  # all that the values come from, the language and the day among them
    make: Callable[[], object]  # the row


class RowsNode(template.Node):
    def __init__(self, rows, bodies: dict):
        self.rows = rows
        self.bodies = bodies  # by the kind of row; None is for rows without a kind

    def render(self, context) -> SafeString:
        table = self._table(context)
        later = context.get(LATER)
        if later is None:
            return SafeString(table.decode())
        later.append(table)
        return PLACE

    def _table(self, context) -> bytes:
        forms: dict = {}
        texts: list[bytes] = []  # empty where a row has to be made
        new, values = [], []
        for row in self.rows.resolve(context):
            kind = row.kind if None not in self.bodies else None
            if kind not in forms:
                forms[kind] = _form(self.bodies[kind], context)
            form, read = forms[kind]
            place = (form, row.key) if type(row) is Kept else None
            text = _kept.get(place) if place else None
            texts.append(text or b"")
            if text is None:
                found = read(row.make() if place else row)
                new.append((len(texts) - 1, form, place, len(found)))
                values += found
        escaped = iter(_escaped(values))
        for number, form, place, count in new:
            texts[number] = (form % tuple(islice(escaped, count))).encode()
            if place:
                _keep(place, texts[number])
        return b"".join(texts)


def _keep(place: tuple[str, Hashable], text: bytes) -> None:
    if len(_kept) >= MOST:
        _kept.clear()
    _kept[place] = text


def _form(body, context) -> tuple[str, Callable[[object], list | tuple]]:
    """The body with `%s` for each of the row's values, and what reads these from a row."""
    with context.push(row=Marks()):
        filled = Filled(body.render(context))
    names = filled.names
    # attrgetter gives a tuple for two names and more only.
    read = attrgetter(*names) if len(names) > 1 else lambda row: [getattr(row, n) for n in names]
    return filled.form, read


def _escaped(values: list) -> list[str]:
    """All in one go, because escaping hundreds of short texts one by one takes longer than all
    else here. What is safe HTML already stays as it is."""
    texts = [value if type(value) is str else str(value) for value in values]
    escaped = escape(MARK.join(texts)).split(MARK) if texts else []
    for number, value in enumerate(values):
        if type(value) is not str and hasattr(value, "__html__"):
            escaped[number] = texts[number]
    return escaped


@register.tag
def rows(parser, token):
    try:
        _name, lines = token.split_contents()
    except ValueError as error:
        raise template.TemplateSyntaxError("Write {% rows lines %}.") from error
    bodies: dict[str | None, NodeList] = {}
    kind = None
    while True:
        bodies[kind] = parser.parse(("kind", "endrows"))
        word, *values = parser.next_token().split_contents()
        if word == "endrows":
            break
        if kind is None:
            del bodies[None]  # what stands before the first {% kind %} is white space
        kind = values[0].strip("\"'")
    return RowsNode(parser.compile_filter(lines), bodies)
