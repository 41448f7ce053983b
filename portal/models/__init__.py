"""The portal's models, one topic per file."""

from portal.database import lookups  # noqa: F401  (importing them registers them)
from portal.models.account import User
from portal.models.appointment import GONE, HOLDING, LIVE, TRANSITIONS, Appointment, Series
from portal.models.attempts import AttemptCount, KnownAddress
from portal.models.audit import AuditEvent, AuditSeal
from portal.models.availability import Slot
from portal.models.bulk_change import BulkChange
from portal.models.calendar_domain import CalendarDomain
from portal.models.calendar_feed import CalendarFeed
from portal.models.clinic import SHORTEST_IDLE_MINUTES, ClinicSettings
from portal.models.distinct_patients import DistinctPatients
from portal.models.erasure import ErasureRequest
from portal.models.first_admin import FirstAdminLink
from portal.models.hours import Holiday, HoursException, TimeOff, Weekday, WeeklyHours
from portal.models.household import ProxyAccess, may_act_for
from portal.models.invitation import Invitation
from portal.models.link_code import LinkCode
from portal.models.notification import Broadcast, Notification
from portal.models.office import Office, Specialty
from portal.models.own_data import OwnDataExport
from portal.models.patient import Patient, PatientPhone
from portal.models.patient_import import ImportRow, PatientImport, PatientOrigin
from portal.models.patient_merge import PatientMerge
from portal.models.record import Correction, EncounterNote, NoteTemplate, SignedNote
from portal.models.review import Review
from portal.models.setup_notice import SetupNotice
from portal.models.staff import (
    DOCTOR_TRANSITIONS,
    KNOWN_TO_DESK,
    Assistant,
    Doctor,
    offices_of,
)
from portal.models.waitlist import Offer, Wait
from portal.models.worker import PeriodicJob, Worker

__all__ = [
    "DOCTOR_TRANSITIONS",
    "GONE",
    "HOLDING",
    "KNOWN_TO_DESK",
    "LIVE",
    "SHORTEST_IDLE_MINUTES",
    "TRANSITIONS",
    "Appointment",
    "Assistant",
    "AttemptCount",
    "AuditEvent",
    "AuditSeal",
    "Broadcast",
    "BulkChange",
    "CalendarDomain",
    "CalendarFeed",
    "ClinicSettings",
    "Correction",
    "DistinctPatients",
    "Doctor",
    "EncounterNote",
    "ErasureRequest",
    "FirstAdminLink",
    "Holiday",
    "HoursException",
    "ImportRow",
    "Invitation",
    "KnownAddress",
    "LinkCode",
    "NoteTemplate",
    "Notification",
    "Offer",
    "Office",
    "OwnDataExport",
    "Patient",
    "PatientImport",
    "PatientMerge",
    "PatientOrigin",
    "PatientPhone",
    "PeriodicJob",
    "ProxyAccess",
    "Review",
    "Series",
    "SetupNotice",
    "SignedNote",
    "Slot",
    "Specialty",
    "TimeOff",
    "User",
    "Wait",
    "Weekday",
    "WeeklyHours",
    "Worker",
    "may_act_for",
    "offices_of",
]
