"""/manage/settings/: all settings, and finding one (requirement F02)."""

import pytest
from django.urls import reverse

from portal.clinic.sections import FIELDS, OTHER_WORDS
from portal.clinic.services import clinic
from portal.models import ClinicSettings
from tests.factories import AdminFactory, OfficeFactory
from tests.fragments import same_part

URL = "/manage/settings/"


@pytest.fixture(autouse=True)
def settings_row(db):
    return ClinicSettings.objects.create(pk=1, name="Alder Clinic", cancel_cutoff_hours=17)


def labels(page) -> list[str]:
    return [line.label for one in page.context["found"] for line in one.lines]


def test_F02_all_settings_are_listed_with_their_values(as_admin):
    page = as_admin.get(URL)

    assert len(labels(page)) == len(FIELDS)
    body = page.content.decode()
    assert f'href="{reverse("clinic-settings-section", args=["cancelling"])}#id_max_moves"' in body
    assert ">17<" in body


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("cancel", "Until when patients move or cancel, in hours ahead"),
        ("CUT-OFF", "Until when patients move or cancel, in hours ahead"),
        ("cutoff", "Until when patients move or cancel, in hours ahead"),
        ("línea", None),
        ("logout", "Staff are signed out when idle, after minutes"),
        ("signed-out staff", "Staff are signed out when idle, after minutes"),
        ("heading buttons", "Colour of mails"),  # of the help text
        ("hours before the start", "Until when patients move or cancel, in hours ahead"),
        ("waiting list", "Book at once"),  # of the section
        ("fär ahead", "How far ahead patients book, in days"),
        ("sms", "SMS, in days ahead"),
    ],
)
def test_F02_a_setting_is_found_by_its_words(as_admin, text, label):
    found = labels(as_admin.get(URL, {"q": text}))

    assert label in found if label else found == []
    assert len(found) < len(FIELDS) / 2


def test_F02_what_htmx_gets_is_part_of_the_page(as_admin):
    page = as_admin.get(URL, {"q": "sms"})
    fragment = as_admin.get(URL, {"q": "sms"}, headers={"HX-Request": "true"})

    assert same_part(page.content, fragment.content)


def test_F02_nothing_found_leads_back_to_all(as_admin):
    body = as_admin.get(URL, {"q": "weather"}).content.decode()

    assert "No setting matches" in body
    assert f'href="{URL}"' in body


@pytest.mark.parametrize("text", ["", " ", "'\"<", "%00", "\u202e", "x" * 5000, "⅓ ſ ŉ"])
def test_F02_any_question_is_answered(as_admin, text):
    assert as_admin.get(URL, {"q": text}).status_code == 200


def test_F02_the_list_says_who_changed_a_setting_last(as_admin):
    OfficeFactory(time_zone="Europe/Madrid")
    clinic.change(by=AdminFactory(name="Eva Sol"), cancel_cutoff_hours=20)

    body = as_admin.get(URL).content.decode()

    assert body.count("Changed by Eva Sol on ") == 1
    assert "before: 17" in body


def test_F02_many_changes_need_no_more_queries(as_admin, django_assert_num_queries):
    admin = AdminFactory()
    for hours in range(1, 30):
        clinic.change(by=admin, cancel_cutoff_hours=hours, horizon_days=hours)

    with django_assert_num_queries(6):
        as_admin.get(URL)


def test_F02_every_setting_has_other_words():
    assert set(OTHER_WORDS) == set(FIELDS)
    assert all(OTHER_WORDS.values())
