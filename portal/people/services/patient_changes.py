"""The desk corrects what it keeps of a patient (requirement A16)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber

from portal.audit.services import audit
from portal.clock.today import today_of_clinic
from portal.database.transactions import retried
from portal.enums import Gender
from portal.errors import ChangedMeanwhile, PortalError
from portal.models import Patient, PatientPhone, User, locks
from portal.models.languages import LANGUAGE_NAMES
from portal.models.lengths import longest
from portal.notifications.services import notifications
from portal.people import checks
from portal.people.queries.patient_data import DATA, as_seen, label_of
from portal.permissions.authority import demand

MOST_PHONES = 6  # further ones
_TEXTS = ("address", "emergency_contact", "desk_note")
_UNTOLD = {"desk_note"}  # the patient can ask to read it

Labelled = tuple[str, PhoneNumber | str]  # what it is, and the number


@retried
def update(
    patient: Patient,
    *,
    seen: dict[str, Any],
    further_phones: Sequence[Labelled],
    today: date | None = None,
    region: str | None = None,
    by: User,
    **values: Any,
) -> Patient:
    """Change what the desk keeps of a patient; `values` are among DATA. `further_phones`
    replace all that there are.

    `seen` is the result of `as_seen` when the form was opened: whatever differs from it has been
    changed by somebody else. `today` is the date at the office, or else at the clinic's first; a
    phone number without a country code belongs to `region` (two letters), or to the clinic's. A
    patient with a login is told which fields changed; the login keeps its own name and email
    address. Locks the patient. Writes Patient, PatientPhones, an AuditEvent with what was there
    before and after, and Notifications; nothing if nothing changes. Raises ChangedMeanwhile,
    PortalError with the field at fault, Forbidden. Source: requirement A16.
    """
    demand(by, "portal.edit_patient", patient)
    today = today or today_of_clinic()
    checked = _checked(values, today, region)
    phones = _phones(further_phones, checked.get("phone", patient.phone), region)
    with transaction.atomic():
        patient = locks.patient(patient.pk, by=by)
        before = as_seen(patient)
        if changed := [name for name in before if before[name] != seen.get(name)]:
            raise ChangedMeanwhile(changed)
        for name, value in checked.items():
            setattr(patient, name, value)
        checks.checked_year(patient.birth_year_about, patient.date_of_birth, today)
        patient.save()
        _replace_phones(patient, phones)
        _record(patient, before, as_seen(patient), by=by)
    return patient


def _record(patient: Patient, before: dict, after: dict, *, by: User) -> None:
    changed = [name for name in before if before[name] != after[name]]
    if not changed:
        return
    audit.record(
        "update",
        patient,
        by=by,
        patient=patient,
        fields=changed,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    told = [name for name in changed if name not in _UNTOLD]
    if told and patient.user_id:
        labels = [str(label_of(name)) for name in told]
        notifications.tell("patient_changed", about=patient, by=by, what=labels)


def _checked(values: dict[str, Any], today: date, region: str | None) -> dict[str, Any]:
    if unknown := set(values) - set(DATA):
        raise TypeError(f"{sorted(unknown)} are no data of a patient")
    checked = dict(values)
    if "name" in values:
        checked["name"] = checks.checked_name(values["name"])
    for name in ("phone", "emergency_phone"):
        if values.get(name):
            checked[name] = checks.checked_phone(values[name], region, field=name)
    for name in _TEXTS:
        if len(values.get(name) or "") > longest(Patient, name):
            raise PortalError(_("This text is too long."), field=name)
    if "email" in values:
        checked["email"] = checks.checked_email(values["email"])
    checks.checked_birthday(values.get("date_of_birth"), today)
    _check_choices(values)
    return checked


def _check_choices(values: dict[str, Any]) -> None:
    if values.get("language") and values["language"] not in LANGUAGE_NAMES:
        raise PortalError(_("Choose a language of the list."), field="language")
    if values.get("gender") and values["gender"] not in Gender.values:
        raise PortalError(_("Choose one of the list."), field="gender")


def _phones(
    further: Sequence[Labelled], main: PhoneNumber | str, region: str | None
) -> list[tuple[str, PhoneNumber]]:
    """Each number once, and never the main one again."""
    found: dict[PhoneNumber, str] = {}
    for index, (label, number) in enumerate(further):
        checked = checks.checked_phone(number, region, field=f"number_{index}")
        if len(label) > longest(PatientPhone, "label"):
            raise PortalError(_("This text is too long."), field=f"label_{index}")
        if checked != main:
            found.setdefault(checked, label)
    if len(found) > MOST_PHONES:
        most = {"most": MOST_PHONES}
        raise PortalError(_("At most %(most)s further phone numbers are kept.") % most)
    return [(label, number) for number, label in found.items()]


def _replace_phones(patient: Patient, phones: list[tuple[str, PhoneNumber]]) -> None:
    there = [(one.label, one.number) for one in patient.further_phones.all()]
    if there == phones:
        return
    patient.further_phones.all().delete()
    PatientPhone.objects.bulk_create(
        PatientPhone(patient=patient, label=label, number=number) for label, number in phones
    )
