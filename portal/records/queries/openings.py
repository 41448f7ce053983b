"""“Who opened my record”: the readings in the audit trail, as the patient sees them (C09)."""

from dataclasses import dataclass
from datetime import tzinfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.enums import Role
from portal.models import AuditEvent, Patient
from portal.web.pages import PAGE_SIZE, Page, page_of


@dataclass(frozen=True, slots=True)
class Opening:
    at: str  # “4 March 2026, 13:30”
    who: str
    role: str
    what: str


def of_patient(patient: Patient, number: int, zone: tzinfo) -> Page[Opening]:
    """Page `number` of who opened pages about the patient, the newest first, on the clock of
    `zone`. The patient's own readings are not in the trail. Two queries, and one for each step of
    merges."""
    start = (number - 1) * PAGE_SIZE
    found = AuditEvent.objects.filter(patient_id__in=patient.with_merged(), verb="read")
    columns = ("at", "actor_name", "actor_role", "object_type")
    rows = found.order_by("-at", "-pk").values_list(*columns)[start : start + PAGE_SIZE + 1]
    roles, whats = dict(Role.choices), _whats()
    return page_of(
        [
            Opening(
                date_format(at.astimezone(zone), "j F Y, H:i"),
                who,
                str(roles.get(role, role)),
                whats.get(what, whats[""]),
            )
            for at, who, role, what in rows
        ],
        number,
    )


def _whats() -> dict[str, str]:
    """By the type of the object in the trail."""
    return {
        "patient": _("The chart"),
        "appointment": _("An appointment"),
        "encounternote": _("A note"),
        "": _("Another page about the patient"),
    }
