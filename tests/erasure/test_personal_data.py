"""Every column that can hold a text, a file or an address is declared: erased, or why it stays."""

import pytest
from django.apps import apps
from django.db import models

from portal.erasure.services.personal_data import ERASED, STAYS, Blanked
from portal.models import Appointment, Patient, User, Wait

HOLDS_TEXT = (
    *(models.CharField, models.TextField, models.JSONField, models.BinaryField),
    *(models.FileField, models.GenericIPAddressField, models.UUIDField),
)
# Of these every column is declared, numbers and dates too.
PERSONS = (Patient, User)
DELETED = {one.model for one in ERASED if not isinstance(one, Blanked)}
BLANKED = {
    f"{one.model._meta.model_name}.{name}"
    for one in ERASED
    if isinstance(one, Blanked)
    for name in one.values
}
WHOLE = {name.removesuffix(".*") for name in STAYS if name.endswith(".*")}


def holding_columns(found: list[type[models.Model]]) -> set[str]:
    """`model.column` of what has to be declared. Columns with a list of choices hold no text."""
    return {
        f"{model._meta.model_name}.{field.name}"
        for model in found
        for field in model._meta.concrete_fields
        if not field.primary_key
        and (model in PERSONS or (isinstance(field, HOLDS_TEXT) and not field.choices))
    }


def undeclared(found: list[type[models.Model]]) -> set[str]:
    names = holding_columns(
        [one for one in found if one not in DELETED and one._meta.model_name not in WHOLE]
    )
    return names - BLANKED - set(STAYS)


def test_A19_every_column_is_erased_or_stays_for_a_reason():
    assert undeclared(apps.get_models()) == set(), (
        "Say in portal/erasure/services/personal_data.py what becomes of it"
    )


def test_A19_nothing_is_declared_that_is_not_there_or_twice():
    columns = {
        f"{model._meta.model_name}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
    }
    models_there = {one._meta.model_name for one in apps.get_models()}

    assert columns >= BLANKED | {name for name in STAYS if not name.endswith(".*")}
    assert models_there >= WHOLE
    assert BLANKED & set(STAYS) == set()
    assert not {one._meta.model_name for one in DELETED} & WHOLE
    assert all(len(reason) > 10 for reason in STAYS.values())


def test_A19_a_table_that_leads_to_a_patient_is_declared_column_by_column():
    """An asterisk is for the clinic's own tables only."""
    about = (Patient, Appointment, Wait)

    lead = {
        model._meta.model_name
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model in about
    }

    assert lead & WHOLE == set()


@pytest.mark.parametrize(
    "column", [models.TextField(), models.JSONField(), models.BinaryField(), models.FileField()]
)
def test_A19_a_new_column_is_noticed(column):
    meta = {"app_label": "elsewhere", "apps": type(apps)(), "managed": False}
    new = type(
        "Note",
        (models.Model,),
        {"__module__": __name__, "Meta": type("Meta", (), meta), "said": column},
    )

    assert undeclared([new]) == {"note.said"}
