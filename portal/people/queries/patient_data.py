"""What the desk keeps of a patient, as values that can be compared and shown (requirement A16)."""

from typing import Any

from django.utils.translation import gettext as _

from portal.models import Patient

DATA = (
    "name",
    "date_of_birth",
    "birth_year_about",
    "gender",
    "phone",
    "email",
    "address",
    "emergency_contact",
    "emergency_phone",
    "language",
    "desk_note",
    "is_not_written_to",
)
FURTHER_PHONES = "further_phones"


def as_seen(patient: Patient) -> dict[str, Any]:
    """The present data as JSON values, with the further phone numbers: one query.

    A form carries it, so that a change by somebody else meanwhile is noticed.
    """
    seen = {name: _plain(getattr(patient, name)) for name in DATA}
    phones = patient.further_phones.order_by("pk")
    seen[FURTHER_PHONES] = [[one.label, _plain(one.number)] for one in phones]
    return seen


def label_of(name: str) -> str:
    """How a page names a field of DATA, or the further phone numbers."""
    if name == FURTHER_PHONES:
        return _("further phone numbers")
    return str(getattr(Patient._meta.get_field(name), "verbose_name", name))


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int) else str(value)
