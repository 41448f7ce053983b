"""Patients whom the desk enters, by phone or at the desk, without a login (requirement A09)."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.errors import LikelyDuplicate, StaleState
from portal.models import Patient, User
from portal.models.names import joined
from portal.people.checks import (
    checked_birthday,
    checked_email,
    checked_name,
    checked_phone,
    checked_year,
)
from portal.people.queries.duplicates import likely_duplicates
from portal.permissions.authority import demand


@retried
def enter(
    name: str,
    *,
    phone: PhoneNumber | str,
    date_of_birth: date | None = None,
    birth_year_about: int | None = None,
    email: str = "",
    today: date | None = None,
    confirmed_not: Collection[int] = (),
    region: str | None = None,
    form_token: UUID | None = None,
    by: User,
) -> Patient:
    """Enter a patient without a login.

    `today` is the date at the office where they are entered (or else at the clinic's first); a date
    of birth must not be later. `birth_year_about` is the year if the date is not known; `email` is
    where a patient without a login gets mail. A phone number without a country code belongs to
    `region` (two letters), or to the clinic's. Families may share a phone number, so possible
    duplicates only cause a question: the user looks at them and sends their ids as `confirmed_not`.
    A `form_token` that was sent before returns the patient whom it made. Writes a Patient and an
    AuditEvent. Raises LikelyDuplicate, StaleState if the token made a different patient,
    PortalError with the field at fault, Forbidden. Source: requirement A09.
    """
    demand(by, "portal.add_patient", None)
    patient = Patient(
        name=checked_name(name),
        phone=checked_phone(phone, region, field="phone"),
        date_of_birth=checked_birthday(date_of_birth, today),
        birth_year_about=checked_year(birth_year_about, date_of_birth, today),
        email=checked_email(email),
        form_token=form_token,
    )
    if earlier := _made_by_same_form(patient):
        return earlier
    found = likely_duplicates(
        name=patient.name, phone=patient.phone.as_e164, born=patient.date_of_birth
    )
    if {one.pk for one in found} - set(confirmed_not):
        raise LikelyDuplicate(found)
    try:
        with transaction.atomic():
            patient.save()
            audit.record(
                "create", patient, by=by, patient=patient, unlike=[one.pk for one in found]
            )
    except IntegrityError:
        if earlier := _made_by_same_form(patient):
            return earlier
        raise
    return patient


def _made_by_same_form(patient: Patient) -> Patient | None:
    """If a user goes back and types another name, the form's token has been used already."""
    if patient.form_token is None:
        return None
    earlier = Patient.objects.filter(form_token=patient.form_token).first()
    if earlier and (joined(earlier.name), earlier.phone) != (joined(patient.name), patient.phone):
        raise StaleState(
            _("This form has already entered %(name)s. Please check, and send it again.")
            % {"name": earlier.name}
        )
    return earlier
