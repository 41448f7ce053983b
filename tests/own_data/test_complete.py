"""Whatever refers to a person is in their own data, or is excused with a reason (A13)."""

import re

import pytest
from django.apps import apps
from django.db import models

from portal.models import Patient, User
from portal.own_data.queries.everything import SECTIONS
from portal.own_data.queries.excused import EXCUSED

HELD = {one for section in SECTIONS for one in section.holds}
# Columns without a foreign key that name a person all the same.
LIKE_A_PERSON = re.compile(
    r"(?:^|_)(?:patient|user|actor|person|owner|object|account)(?:_?id|_pk)?$"
)


def references(found: list[type[models.Model]]) -> set[str]:
    """`Model.field` of all columns that lead to a person: at once, or by way of what is held."""
    persons: set[type[models.Model]] = {User, Patient}
    persons |= {one for one in found if one.__name__ in {name.split(".")[0] for name in HELD}}
    return {
        f"{model.__name__}.{field.name}"
        for model in found
        for field in [*model._meta.concrete_fields, *model._meta.many_to_many]
        if (field.is_relation and field.related_model in persons)
        or (not field.is_relation and LIKE_A_PERSON.search(field.name))
    }


def test_A13_whatever_refers_to_a_person_is_exported_or_excused():
    found = references(apps.get_models())

    assert {"Review.appointment", "AuditEvent.patient_id", "UserSession.user"} <= found
    assert found - HELD - set(EXCUSED) == set(), (
        "Add a section to portal/own_data/queries/, or the reason to excused.py"
    )


def test_A13_nothing_is_named_that_is_not_there_or_named_twice():
    found = references(apps.get_models())

    assert (HELD | set(EXCUSED)) - found == set()
    assert HELD & set(EXCUSED) == set()
    assert all(len(reason) > 10 for reason in EXCUSED.values())


@pytest.mark.parametrize("target", [User, Patient])
def test_A13_a_new_model_is_noticed(target):
    """Also one without a way back (`+`), and one that has only the number of a person."""
    meta = {"app_label": "elsewhere", "apps": type(apps)(), "managed": False}
    fields = {
        "whose": models.ForeignKey(target, models.PROTECT, related_name="+"),
        "read_by_user_id": models.BigIntegerField(),
        "note": models.CharField(max_length=9),
    }
    new = type(
        "Note", (models.Model,), {"__module__": __name__, "Meta": type("Meta", (), meta)} | fields
    )

    assert references([new]) - HELD - set(EXCUSED) == {"Note.whose", "Note.read_by_user_id"}
