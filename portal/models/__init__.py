"""The portal's models, one idea a file."""

from portal.models.account import User
from portal.models.appointment import HOLDING, LIVE, TRANSITIONS, Appointment
from portal.models.audit import AuditEvent
from portal.models.availability import Slot
from portal.models.clinic import ClinicSettings
from portal.models.notification import Broadcast, Notification
from portal.models.office import Office, Specialty
from portal.models.patient import Patient
from portal.models.review import Review
from portal.models.staff import Assistant, Doctor, offices_of
from portal.models.worker import PeriodicJob, Worker

__all__ = [
    "HOLDING",
    "LIVE",
    "TRANSITIONS",
    "Appointment",
    "Assistant",
    "AuditEvent",
    "Broadcast",
    "ClinicSettings",
    "Doctor",
    "Notification",
    "Office",
    "Patient",
    "PeriodicJob",
    "Review",
    "Slot",
    "Specialty",
    "User",
    "Worker",
    "offices_of",
]
