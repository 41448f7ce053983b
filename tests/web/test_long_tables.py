"""Pages with long tables look as if they had been rendered in the usual way."""

import pytest
from django.shortcuts import render
from django.template import engines
from django.test import override_settings

from portal.web.long_tables import render_long
from portal.web.templatetags.rows import Kept
from tests.web.test_rows import Line

PAGES = {
    "one.html": "{% load rows %}<ul>{% rows lines %}<li>{{ row.name }}{% endrows %}</ul>",
    "two.html": '{% include "one.html" %}<hr>{% include "one.html" with lines=more %}',
    "apart.html": '{% include "one.html" with lines=more only %}{% include "one.html" %}',
    "none.html": "<p>{{ lines.0.name }}</p>",
    "kept.html": '{% load cache %}{% cache 60 "kept" using="templates" %}'
    '{% include "one.html" %}{% endcache %}',
}


@pytest.fixture
def templates():
    (settings,) = engines.templates.values()
    options = {
        "loaders": [("django.template.loaders.locmem.Loader", PAGES)],
        "libraries": settings["OPTIONS"]["libraries"],
    }
    return override_settings(TEMPLATES=[{"BACKEND": settings["BACKEND"], "OPTIONS": options}])


@pytest.mark.parametrize("name", ["one", "two", "apart", "none"])
def test_the_page_is_what_render_gives(rf, templates, name):
    lines = [Line("Søren <b>"), Kept("", f"{name} key", lambda: Line("Łucja 100 %"))]
    context = {"lines": lines, "more": [Line("—")]}

    with templates:
        usual = render(rf.get("/"), f"{name}.html", context, status=422)
        response = render_long(rf.get("/"), f"{name}.html", context, status=422)

    assert response.content == usual.content
    assert response.status_code == 422
    assert response["Content-Type"] == usual["Content-Type"]


def test_a_table_that_was_kept_elsewhere_is_not_shown_as_nothing(rf, templates):
    with templates:
        render_long(rf.get("/"), "kept.html", {"lines": [Line("a")]})

        with pytest.raises(RuntimeError, match="0 tables, 1"):
            render_long(rf.get("/"), "kept.html", {"lines": [Line("a")]})
