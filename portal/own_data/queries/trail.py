"""Who did what with the person's data."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.audit.queries.erased import shown_actor
from portal.models import AuditEvent, Patient
from portal.own_data.queries.section import Owner, Record, Section

KEYS = ("at", "by", "by_role", "what", "on")


def _trail(owner: Owner) -> list[Record]:
    """Changes of the patient's data and of the login, and who has read it, also of entries that
    were merged into the patient: one query, and two for each chart or more for chains.

    Network addresses are those of others, and stay with the clinic.
    """
    patients = [pk for chart in owner.patients for pk in Patient(pk=chart).with_merged()]
    about = Q(patient_id__in=patients) | Q(object_type="user", object_id=owner.user.pk)
    wanted = ("at", shown_actor(), "actor_role", "verb", "object_type")
    found = AuditEvent.objects.filter(about).order_by("pk").values_list(*wanted)
    return [dict(zip(KEYS, row, strict=True)) for row in found]


TRAIL = Section(
    name="trail",
    title=_("Who did what with your data"),
    read=_trail,
    holds=("AuditEvent.patient_id", "AuditEvent.object_id"),
    columns=KEYS,
)
