"""Who reads a patient's records beside the doctors: the patient, and who looks after them (A14)."""

from portal.models import Patient, ProxyAccess
from portal.notifications.declaration import Recipient


def of_records(patient: Patient) -> list[Recipient]:
    """The patient, even one without a login, and the users with the scope of records: one query."""
    given = ProxyAccess.objects.open().filter(patient=patient, records=True, user__isnull=False)
    others = [
        Recipient("patient", access.user, patient, is_proxy=True)
        for access in given.select_related("user").order_by("pk")
    ]
    return [Recipient("patient", patient.user, patient), *others]
