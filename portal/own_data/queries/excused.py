"""Columns that refer to a person and are in no section, each with the reason.

"Model.field" → why the person's copy does not need it. A test compares both lists with the models.
"""

_ACTED = (
    "who of the staff, or they themselves, did it; the trail and the record say so to its patient"
)
_CODE = "a digest of a code that ends within minutes; its message is exported"
_STAFF = "of staff, not of patients"
_IN_RECORD = "is told in its record, by name"

EXCUSED = {
    "Appointment.booked_by": _IN_RECORD,
    "Appointment.cancelled_by": _IN_RECORD,
    "Assistant.user": _STAFF,
    "AuditEvent.actor_id": _ACTED,
    "Broadcast.by": _STAFF,
    "Broadcast.user": "who was written to; the message itself is exported",
    "BulkChange.made_by": _STAFF,
    "Correction.asked_by": _IN_RECORD,
    "ClinicSettings.max_upcoming_per_patient": "a number of the clinic, about nobody",
    "DistinctPatients.by": _ACTED,
    "DistinctPatients.first": "that another entry is somebody else: it would tell about them",
    "DistinctPatients.second": "that another entry is somebody else: it would tell about them",
    "DistinctPatients.taken_back_by": _ACTED,
    "Doctor.decided_by": _STAFF,
    "Doctor.user": _STAFF,
    "EmailConfirmation.email_address": "when a link was sent; the message is exported",
    "ErasureRequest.asked_by": _IN_RECORD,
    "ErasureRequest.ended_by": _IN_RECORD,
    "ImportRow.like": "a guess that an admin has still to judge; it goes with the file",
    "Invitation.invited_by": _STAFF,
    "Invitation.user": _STAFF,
    "KnownAddress.user": "a digest from which no address can be read back; it goes by itself",
    "LinkCode.patient": _CODE,
    "LinkCode.user": _CODE,
    "OwnDataExport.user": "the copy itself",
    "PatientImport.made_by": _STAFF,
    "Patient.merged_into": "a person with an account is never the one who goes",
    "PatientMerge.by": _ACTED,
    "PatientMerge.gone": "how the clinic joined two entries; the trail tells it, with both",
    "PatientMerge.kept": "how the clinic joined two entries; the trail tells it, with both",
    "PatientMerge.taken_back_by": _ACTED,
    "ProxyAccess.made_by": _IN_RECORD,
    "SignedNote.signed_by": _IN_RECORD,
    "Series.made_by": _IN_RECORD,
    "Wait.made_by": _IN_RECORD,
}
