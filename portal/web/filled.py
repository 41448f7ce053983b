"""Templates that are rendered once and then filled in for many rows.

A template costs a row of a long table more than the database does. So it is rendered once for each
combination of what it asks for, with marks where the values of `row` go; the marks are then filled
in for every row, escaped:

    form = filled("appointments/_marks.html", marks=(("/…/", "Arrived", "secondary"),))
    form.fill(pk=17, patient="Ana <Ruiz>")

In the template `{{ row.patient }}` is a value of the row. It can be printed only: `{% if row.… %}`
and filters raise or see the mark. Everything else is a value of the combination, and may be asked.
"""

import re
import secrets
from collections.abc import Hashable
from functools import lru_cache
from html import escape

from django.template import TemplateSyntaxError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

# Unknown to anyone outside, so that nobody's words can be taken for a mark.
MARK = secrets.token_hex(8)

# A template's long lines are wrapped between two tags; the pages do without these breaks.
_BREAKS = re.compile(r"(?<=>)\s*\n\s*(?=<)")


class _Mark(SafeString):
    def __bool__(self) -> bool:
        raise TemplateSyntaxError("A row's values are printed, they cannot be asked.")


class Marks:
    """Stands for `row` while a template is rendered."""

    def __getitem__(self, name: str) -> SafeString:
        return _mark(name)


class Filled:
    """A rendered text as a format string: `form` has `%s` for each of the values `names`."""

    def __init__(self, text: str):
        parts = _BREAKS.sub("", text).split(MARK)
        self.form = "%s".join(part.replace("%", "%%") for part in parts[0::2])
        self.names = parts[1::2]

    def fill(self, **values: object) -> SafeString:
        """The text with these values, escaped; what is safe HTML already stays as it is."""
        found = map(values.__getitem__, self.names)
        return SafeString(
            self.form % tuple([escape(v) if type(v) is str else _escaped(v) for v in found])
        )


def filled(template: str, **combination: Hashable) -> Filled:
    """The template in the reader's language. It is rendered once in each process for each
    combination of its values other than the row's, which are therefore few."""
    return _rendered(template, get_language(), tuple(combination.items()))


def url_of_each(view: str, *more: object) -> str:
    """The URL of a view whose first argument is the row's `pk`, with its mark."""
    return reverse(view, args=[0, *more]).replace("/0/", f"/{_mark('pk')}/", 1)


@lru_cache(maxsize=1_000)
def _rendered(template: str, _language: str | None, combination: tuple) -> Filled:
    return Filled(render_to_string(template, {**dict(combination), "row": Marks()}).strip())


def _mark(name: str) -> SafeString:
    return _Mark(f"{MARK}{name}{MARK}")


def _escaped(value: object) -> str:
    return str(value) if hasattr(value, "__html__") else escape(str(value))
