"""Long tables: `{% rows lines %}<tr><td>{{ row.time }}</td></tr>{% endrows %}`.

A loop over fifty rows spends most of a page's time on looking up, translating and escaping. Here
the body is rendered once, with marks where the row's values go, and the marks are then filled in
for every row, escaped. So the body may print attributes of `row`, which have to be ready to print,
and everything else of the page; it cannot ask `{% if row.… %}` or put a filter on a row's value.

Rows that look different have a `kind` each, and a body for each kind:

    {% rows tiles %}{% kind "free" %}<b>{{ row.time }}</b>{% kind "past" %}…{% endrows %}
"""

import re
import secrets
from html import escape

from django import template
from django.utils.safestring import SafeString

register = template.Library()

# Unknown to anyone outside, so that nobody's words can be taken for a mark.
_MARK = secrets.token_hex(8)

_SPECIAL = re.compile("[&<>\"']")


class _Mark(SafeString):
    def __bool__(self) -> bool:
        raise template.TemplateSyntaxError("{% rows %} prints a row's values, it cannot ask them.")


class _Marks:
    def __getitem__(self, name: str) -> SafeString:
        return _Mark(f"{_MARK}{name}{_MARK}")


class RowsNode(template.Node):
    def __init__(self, rows, bodies: dict):
        self.rows = rows
        self.bodies = bodies  # by the kind of row; None is for rows without a kind

    def render(self, context) -> SafeString:
        forms: dict = {}
        printed = []
        for row in self.rows.resolve(context):
            kind = row.kind if None not in self.bodies else None
            if kind not in forms:
                forms[kind] = _form(self.bodies[kind], context)
            form, names = forms[kind]
            printed.append(form % tuple([_printed(getattr(row, name)) for name in names]))
        return SafeString("".join(printed))


def _form(body, context) -> tuple[str, list[str]]:
    """The body with `%s` for each of the row's values, and their names."""
    with context.push(row=_Marks()):
        parts = body.render(context).split(_MARK)
    return "%s".join(part.replace("%", "%%") for part in parts[0::2]), parts[1::2]


def _printed(value) -> str:
    return value if hasattr(value, "__html__") else escape(str(value))


@register.tag
def rows(parser, token):
    try:
        _name, lines = token.split_contents()
    except ValueError as error:
        raise template.TemplateSyntaxError("Write {% rows lines %}.") from error
    bodies = {}
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
