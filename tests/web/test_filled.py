"""A template that is filled in says what it would say if it were rendered for each row."""

from types import SimpleNamespace

import pytest
from django.template import TemplateSyntaxError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from portal.web.filled import MARK, Filled, _rendered, filled, url_of_each
from portal.web.templatetags.clinic import icon, options

MARKS = "appointments/_marks.html"
ROWS = [
    {"pk": 7, "patient": "Ana Ruiz"},
    {"pk": 17, "patient": "Zoë \"<b>\" O’Neill & 'co'"},
    {"pk": 8, "patient": "100 % %s %(pk)s {pk} {{ row.pk }} \\0"},
    {"pk": 9, "patient": "אבי כהן"},
]


@pytest.fixture
def template(settings):
    """Makes a template of a text, under the name “one.html”."""

    def of(text: str) -> None:
        loader = ("django.template.loaders.locmem.Loader", {"one.html": text})
        options = {
            key: v for key, v in settings.TEMPLATES[0]["OPTIONS"].items() if key != "loaders"
        }
        own = {**settings.TEMPLATES[0], "APP_DIRS": False, "DIRS": []}
        settings.TEMPLATES = [{**own, "OPTIONS": {**options, "loaders": [loader]}}]

    return of


def marks(pk: int | None = None) -> tuple:
    if pk is None:
        return ((url_of_each("appointment-mark", "arrive"), "Here & now", "secondary"),)
    return ((reverse("appointment-mark", args=[pk, "arrive"]), "Here & now", "secondary"),)


@pytest.mark.parametrize("row", ROWS)
def test_filled_in_is_rendered(row):
    rendered = render_to_string(MARKS, {"marks": marks(row["pk"]), "row": row})

    assert filled(MARKS, marks=marks()).fill(**row) == rendered.strip()


def test_values_are_escaped_unless_they_are_safe():
    form = Filled(f"{MARK}name{MARK};")

    assert form.fill(name="<i>") == "&lt;i&gt;;"
    assert form.fill(name="\"&'") == "&quot;&amp;&#x27;;"
    assert form.fill(name=mark_safe("<i>")) == "<i>;"
    assert form.fill(name=SimpleNamespace(a="<")) == "namespace(a=&#x27;&lt;&#x27;);"
    assert isinstance(form.fill(name="<i>"), SafeString)


@pytest.mark.parametrize("name", ["%s", "%(name)s", "{name}", "{{ row.name }}", "\0name\0", "%"])
def test_a_value_that_looks_like_a_place_is_a_value(name):
    form = Filled(f"100% {MARK}name{MARK}, {MARK}other{MARK}")

    assert form.fill(name=name, other="x") == f"100% {name}, x"


def test_breaks_between_tags_fall_away_and_others_stay():
    assert Filled("<b>\n  <i>one\n two</i>\n</b> <p></p>").fill() == (
        "<b><i>one\n two</i></b> <p></p>"
    )


def test_a_rows_value_cannot_be_asked(template):
    template("{% if row.name %}x{% endif %}")

    with pytest.raises(TemplateSyntaxError):
        filled("one.html", test="asked")


def test_a_name_stays_isolated(template):
    template("<bdi>{{ row.name }}</bdi>{% if shows %} {{ row.at }}{% endif %}")

    assert filled("one.html", test="bdi", shows=True).fill(name="אבי", at="9:00") == (
        "<bdi>אבי</bdi> 9:00"
    )


def test_each_combination_is_rendered_once():
    forms = {filled("components/option.html", is_chosen=chosen) for chosen in (True, False, True)}

    assert len(forms) == 2


def test_each_language_has_its_own():
    english, spanish = (_rendered("components/tag.html", name, ()) for name in ("en", "es"))

    assert english is not spanish


def test_a_missing_value_is_an_error():
    with pytest.raises(KeyError):
        filled("components/tag.html").fill(text="x")


def test_options_are_those_of_a_loop():
    made = options([(1, "One <1>", False), ('"2"', "Two", True)])

    assert made == (
        '<option value="1">One &lt;1&gt;</option>'
        '<option value="&quot;2&quot;" selected>Two</option>'
    )


def test_an_icon_has_its_classes():
    assert icon("clock", "big").startswith('<svg class="icon big" aria-hidden="true"><use href="')
    assert icon("clock").startswith('<svg class="icon" aria-hidden="true">')
