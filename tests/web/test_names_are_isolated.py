"""Names of people stand in `<bdi>`: one that is written from the right leaves the rest in place."""

import re

import pytest

from tests.factories import AdminFactory, AppointmentFactory, in_days
from tests.test_conventions import OURS, TEMPLATES

NAME = re.compile(
    r"\{\{ ?((\w+\.)*(patient|doctor|user|person|cancelled_by|by)\.name"
    r"|(row|line|item)\.(patient|doctor)|patient|doctor) ?\}\}"
)
CODE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}")
TAG = re.compile(r"<[^>]*>")
# What can hold no markup: headings of windows, options, texts that are made for attributes.
PLAIN = re.compile(
    r"\{% block title.*?\{% endblock|<option.*?</option>|<textarea.*?</textarea>"
    r"|\{% blocktranslate[^%]* asvar .*?\{% endblocktranslate",
    re.DOTALL,
)
NOT_OF_PAGES = ("styleguide", "demo", "account")


def bare_names(text: str) -> list[str]:
    """Those that are printed as text, and not in a `<bdi>`."""
    shown = PLAIN.sub(lambda found: " " * len(found.group()), text)
    spaced = CODE.sub(lambda found: "_" * len(found.group()), shown)
    in_tags = [found.span() for found in TAG.finditer(spaced)]
    return [
        found.group()
        for found in NAME.finditer(shown)
        if not any(start < found.start() < end for start, end in in_tags)
        and not shown[: found.start()].endswith("<bdi>")
    ]


def test_names_in_templates_are_isolated():
    wrong = {
        str(path.relative_to(TEMPLATES)): bare
        for path in OURS
        if path.relative_to(TEMPLATES).parts[0] not in NOT_OF_PAGES
        and (bare := bare_names(path.read_text()))
    }

    assert wrong == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url", ["/desk/?day={day}", "/appointments/", "/patients/", "/search/?q=אבי"]
)
def test_a_name_that_is_written_from_the_right_is_isolated(client, url):
    appointment = AppointmentFactory(starts_at=in_days(1), patient__name="אבי כהן")
    client.force_login(appointment.doctor.user if "desk" not in url else AdminFactory())

    page = client.get(url.format(day=in_days(1).date())).content.decode()

    assert page.count("<bdi>אבי כהן</bdi>") >= 1
