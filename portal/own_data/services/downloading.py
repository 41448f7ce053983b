"""The owner downloads a file of their own data (A13)."""

from django.db import transaction

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.errors import Forbidden
from portal.models import OwnDataExport, Patient, User


@retried
def download(export: OwnDataExport, *, form: str, by: User) -> bytes:
    """The file as `form`: "json" or "pdf". Writes an AuditEvent. Raises Forbidden for everybody but
    its owner. Source: requirement A13."""
    if export.user_id != by.pk or not export.is_ready:
        raise Forbidden
    with transaction.atomic():
        patient = Patient.objects.filter(user=by).first()
        audit.record("download_own_data", export, by=by, patient=patient, form=form)
    return bytes(export.as_pdf if form == "pdf" else export.as_json)
