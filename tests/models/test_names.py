"""Names are folded alike, however they are written."""

from importlib import import_module
from types import SimpleNamespace
from unicodedata import category

import pytest
from django.apps import apps
from django.db import connection

from portal.models import Office, Patient
from portal.models.names import fold, joined, words_of
from tests.factories import OfficeFactory, PatientFactory

WRITTEN = """
O'Neill O’Neill O`Neill OʼNeill O´Neill O′Neill ONEILL O-Neill
O\u2011Neill O\u2212Neill O\u2043Neill O\uff0dNeill “ONeill” O.Neill,
O\u00adNeill O\u200bNeill \u202eONeill
"""


@pytest.mark.parametrize("name", [*WRITTEN.split(), "o neill", "Ó\u00a0Néill"])
def test_a_name_is_the_same_however_it_is_punctuated(name):
    assert joined(name) == "oneill"


def test_every_dash_of_unicode_is_a_space():
    dashes = [char for char in map(chr, range(0x10000)) if category(char) == "Pd"]

    assert {fold(f"smith{dash}jones") for dash in dashes} == {"smith jones"}


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Łukasz Ørsted", "lukasz orsted"),
        ("Weiß, Æsa", "weiss aesa"),
        ("Đorđe Işık", "dorde isik"),
        ("Sigurður Þór", "sigurdur thor"),
        ("Vidal i Gal·la", "vidal i gal la"),
        ("M.ª José (Pepa)", "m a jose pepa"),
        ("אבי", "אבי"),
    ],
)
def test_letters_that_people_type_plainly(name, folded):
    assert fold(name) == folded


def test_a_word_that_is_typed_stays_whole():
    assert words_of("O’Neill,Seán - Smith-Jones") == ["oneill", "sean", "smithjones"]


@pytest.mark.django_db
def test_a_name_that_grows_when_it_is_folded_fits():
    patient = PatientFactory(name="\ufdfa" * 60)

    assert len(Patient.objects.get(pk=patient.pk).search_name) == 240


@pytest.mark.django_db
def test_lists_are_sorted_by_the_folded_name_on_either_database():
    for name in (
        "Zürich",
        "Århus",
        "Łódź",
        "Oakley",
        "O’Neill",
        "de la Cruz",
        "Delacroix",
        "öl",
    ):
        OfficeFactory(name=name)

    names = list(Office.objects.values_list("name", flat=True))

    assert names == [
        "Århus",
        "de la Cruz",
        "Delacroix",
        "Łódź",
        "O’Neill",
        "Oakley",
        "öl",
        "Zürich",
    ]


@pytest.mark.django_db
def test_names_that_are_there_are_folded_anew():
    patient, office = PatientFactory(name="Seán O’Neill-Ruiz"), OfficeFactory(name="Łódź")
    Patient.objects.update(search_name="sean o’neill-ruiz")
    Office.objects.update(search_name="")
    migration = import_module("portal.migrations.0021_fold_names_anew")

    migration.fold_anew(apps, SimpleNamespace(connection=connection))

    patient.refresh_from_db()
    office.refresh_from_db()
    assert (patient.search_name, office.search_name) == ("sean o neill ruiz", "lodz")
    assert patient.user.__class__.objects.get(pk=patient.user_id).search_name == "sean o neill ruiz"
