"""The values of two patients, side by side (requirement A17)."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from portal.models import Patient
from portal.web.born import about_year

KEPT, GONE = "kept", "gone"

# What is chosen together → its label and fields.
GROUPS: dict[str, tuple[StrOrPromise, tuple[str, ...]]] = {
    "name": (gettext_lazy("Full name"), ("name",)),
    "born": (gettext_lazy("Born"), ("date_of_birth", "birth_year_about")),
    "gender": (gettext_lazy("Gender"), ("gender",)),
    "phone": (gettext_lazy("Phone"), ("phone",)),
    "email": (gettext_lazy("Email on file"), ("email",)),
    "address": (gettext_lazy("Address"), ("address",)),
    "emergency": (gettext_lazy("In an emergency"), ("emergency_contact", "emergency_phone")),
    "language": (gettext_lazy("Preferred language"), ("language",)),
    "desk_note": (gettext_lazy("Note for the desk"), ("desk_note",)),
    "written": (gettext_lazy("Do not write to"), ("is_not_written_to",)),
    "deceased": (gettext_lazy("Deceased on"), ("deceased_on",)),
}


@dataclass(frozen=True, slots=True)
class Differing:
    """A group that is not the same in both, as pages show it; `default` is KEPT or GONE."""

    name: str
    label: StrOrPromise
    kept: str
    gone: str
    default: str


def differing(kept: Patient, gone: Patient) -> Iterator[Differing]:
    """What has to be chosen; no query. What only one of the two has is taken by default."""
    for name, (label, fields) in GROUPS.items():
        values = plain(kept, fields), plain(gone, fields)
        if values[0] == values[1]:
            continue
        only_gone = not any(values[0].values()) and any(values[1].values())
        default = GONE if only_gone else KEPT
        yield Differing(name, label, shown(kept, name), shown(gone, name), default)


def plain(patient: Patient, fields: tuple[str, ...]) -> dict[str, Any]:
    """As JSON values."""
    values = ((name, getattr(patient, name)) for name in fields)
    return {
        name: value if value is None or isinstance(value, bool | int) else str(value)
        for name, value in values
    }


def restored(name: str, value: Any) -> Any:
    """What `plain` made of a field, as the field holds it."""
    return parse_date(value) if name in ("date_of_birth", "deceased_on") and value else value


def chosen_fields(choices: Mapping[str, str], kept: Patient, gone: Patient) -> tuple[str, ...]:
    """The fields that kept takes over."""
    taken = [one.name for one in differing(kept, gone) if choices.get(one.name) == GONE]
    return tuple(field for name in taken for field in GROUPS[name][1])


def fingerprint(*both: Patient) -> str:
    """Of all that was shown of both, in any order, to notice a change by somebody else: two
    queries."""
    fields = tuple(field for _label, group in GROUPS.values() for field in group)
    shown_of = [
        [one.pk, one.user_id, plain(one, fields), list(_further(one))]
        for one in sorted(both, key=lambda one: one.pk)
    ]
    return hashlib.sha256(json.dumps(shown_of).encode()).hexdigest()[:32]


def shown(patient: Patient, name: str) -> str:
    """A group as it is read."""
    if name == "born":
        born = patient.date_of_birth
        return date_format(born, "j F Y") if born else about_year(patient.birth_year_about)
    if name == "gender":
        return str(patient.get_gender_display())
    if name == "language":
        return patient.language_name
    if name == "written":
        return _("yes") if patient.is_not_written_to else _("no")
    if name == "deceased":
        return date_format(patient.deceased_on, "j F Y") if patient.deceased_on else ""
    return " ".join(str(value) for field in GROUPS[name][1] if (value := getattr(patient, field)))


def _further(patient: Patient) -> Iterator[str]:
    return map(str, patient.further_phones.order_by("pk"))
