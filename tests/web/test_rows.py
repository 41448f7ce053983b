"""`{% rows %}` prints what a loop would print."""

from dataclasses import dataclass

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils.safestring import mark_safe

from portal.web.templatetags import rows
from portal.web.templatetags.rows import Kept


@dataclass
class Line:
    name: str
    n: int = 0


def rendered(body: str, lines, **more) -> str:
    text = "{% load rows %}{% rows lines %}" + body + "{% endrows %}"
    return Template(text).render(Context({"lines": lines, **more}))


def test_rows_prints_the_body_for_each_row():
    assert rendered("<b>{{ row.name }}-{{ row.n }}</b>", [Line("a", 1), Line("b", 2)]) == (
        "<b>a-1</b><b>b-2</b>"
    )


def test_rows_escapes_values_unless_they_are_safe():
    lines = [Line("<i>"), Line("\"&'"), Line(mark_safe("<i>"))]

    assert rendered("{{ row.name }};", lines) == "&lt;i&gt;;&quot;&amp;&#x27;;<i>;"


def test_rows_body_may_use_the_rest_of_the_page():
    body = "{% if shows %}{{ label }}:{% endif %}{{ row.name }} 100% "

    assert rendered(body, [Line("%s %d")], shows=True, label="<L>") == "&lt;L&gt;:%s %d 100% "


def test_rows_without_values_or_rows():
    assert rendered("x", [Line("a"), Line("b")]) == "xx"
    assert rendered("{{ row.name }}", []) == ""


def test_rows_refuses_an_attribute_that_is_not_there():
    with pytest.raises(AttributeError):
        rendered("{{ row.phone }}", [Line("a")])


def test_rows_needs_its_lines():
    with pytest.raises(TemplateSyntaxError):
        Template("{% load rows %}{% rows %}{% endrows %}")


def test_rows_refuse_to_ask_a_value_of_the_row():
    with pytest.raises(TemplateSyntaxError):
        rendered("{% if row.name %}x{% endif %}", [Line("Ana")])


@dataclass
class Tile:
    kind: str
    name: str


def test_rows_of_several_kinds_have_a_body_each():
    tiles = [Tile("free", "a"), Tile("past", "<b>"), Tile("free", "c")]

    text = rendered('{% kind "free" %}+{{ row.name }}{% kind "past" %}-{{ row.name }}', tiles)

    assert text == "+a-&lt;b&gt;+c"


def test_rows_of_an_unknown_kind_are_an_error():
    with pytest.raises(KeyError):
        rendered('{% kind "free" %}x', [Tile("busy", "a")])


@pytest.fixture
def nothing_kept():
    rows._kept.clear()
    yield
    rows._kept.clear()


def kept(line: Line, made: list, key=None) -> Kept:
    def make() -> Line:
        made.append(line.name)
        return line

    return Kept("", key or line.name, make)


def test_a_kept_row_is_made_once(nothing_kept):
    made: list[str] = []
    lines = [kept(Line("<a>"), made), Line("b"), kept(Line("c"), made)]

    texts = {rendered("{{ row.name }};", lines) for _time in range(3)}

    assert texts == {"&lt;a&gt;;b;c;"}
    assert made == ["<a>", "c"]


def test_a_kept_row_is_made_again_for_another_key_and_another_body(nothing_kept):
    made: list[str] = []

    rendered("{{ row.name }};", [kept(Line("a"), made)])
    assert rendered("{{ row.name }};", [kept(Line("b"), made, key="later")]) == "b;"
    assert rendered("{{ row.name }}!", [kept(Line("a"), made)]) == "a!"
    assert rendered("{{ row.name }}{{ more }}", [kept(Line("a"), made)], more="<") == "a&lt;"

    assert made == ["a", "b", "a", "a"]


def test_only_so_many_rows_are_kept(nothing_kept):
    made: list[str] = []
    for number in range(rows.MOST + 1):
        rows._keep(("{{ row.name }}", number), "text")

    assert len(rows._kept) == 1
    assert rendered("{{ row.name }}", [kept(Line("a"), made)]) == "a"
