"""Photos of doctors (requirement A02)."""

from django.db import transaction

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.errors import Forbidden
from portal.gateways.photos import Photo
from portal.models import Doctor, User, locks


@retried
def change(doctor: Doctor, *, photo: Photo | None, by: User) -> Doctor:
    """Replace the doctor's photo, or remove it with None. The doctor only.

    Stores the files first, so that no row names a file that is not there; files of former photos
    stay. Locks the doctor. Writes it and an AuditEvent. Raises Forbidden. Source: requirement A02.
    """
    if doctor.user_id != by.pk:
        raise Forbidden
    if photo:
        photo.store()
    with transaction.atomic():
        doctor = locks.doctor(doctor.pk)
        digest = photo.digest if photo else ""
        if doctor.photo == digest:
            return doctor
        doctor.photo = digest
        doctor.save(update_fields=["photo"])
        audit.record("change_photo" if photo else "remove_photo", doctor, by=by)
    return doctor
