"""What the clinic keeps about the patient as a person."""

from django.utils.translation import gettext_lazy as _

from portal.enums import ErasureState, Gender
from portal.models import ErasureRequest, Patient, PatientOrigin, PatientPhone
from portal.own_data.queries.section import Owner, Record, Section, records


def _chart(owner: Owner) -> list[Record]:
    found = Patient.objects.filter(pk__in=owner.patients).order_by("pk")
    return records(found, without=("form_token", "erased_at"))


def _phones(owner: Owner) -> list[Record]:
    return records(PatientPhone.objects.filter(patient__in=owner.patients).order_by("pk"))


def _origins(owner: Owner) -> list[Record]:
    """One query. The digest compares a row of the file with the next one."""
    found = PatientOrigin.objects.filter(patient__in=owner.patients).order_by("pk")
    return records(found, without=("digest",), also={"imported_at": "upload__made_at"})


def _erasures(owner: Owner) -> list[Record]:
    found = ErasureRequest.objects.filter(patient__in=owner.patients).order_by("pk")
    return records(found, also={"asked_by": "asked_by__name", "ended_by": "ended_by__name"})


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

ERASURES = Section(
    name="erasures",
    title=_("Your requests to be erased"),
    read=_erasures,
    holds=("ErasureRequest.patient",),
    columns=("asked_at", "asked_by", "due_on", "state", "ended_at", "ended_by"),
    words={"state": ErasureState.choices},
)
