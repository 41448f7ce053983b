"""What the clinic keeps about the patient as a person."""

from django.utils.translation import gettext_lazy as _

from portal.enums import Gender
from portal.models import Patient, PatientOrigin, PatientPhone
from portal.own_data.queries.section import Owner, Record, Section, records


def _chart(owner: Owner) -> list[Record]:
    found = Patient.objects.filter(pk__in=owner.patients).order_by("pk")
    return records(found, without=("form_token",))


def _phones(owner: Owner) -> list[Record]:
    return records(PatientPhone.objects.filter(patient__in=owner.patients).order_by("pk"))


def _origins(owner: Owner) -> list[Record]:
    """One query. The digest compares a row of the file with the next one."""
    found = PatientOrigin.objects.filter(patient__in=owner.patients).order_by("pk")
    return records(found, without=("digest",), also={"imported_at": "upload__made_at"})


CHART = Section(
    name="chart",
    title=_("Your chart"),
    read=_chart,
    holds=("Patient.user",),
    is_single=True,
    words={"gender": Gender.choices},
)
PHONES = Section(
    name="further_phones",
    title=_("Your further phone numbers"),
    read=_phones,
    holds=("PatientPhone.patient",),
    columns=("number", "label"),
)
ORIGINS = Section(
    name="origins",
    title=_("Where your chart came from"),
    read=_origins,
    holds=("PatientOrigin.patient",),
    columns=("imported_at", "source", "number"),
)
