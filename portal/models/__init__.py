"""The portal's models, one idea a file."""

from portal.database import lookups  # noqa: F401  (importing them registers them)
from portal.models.account import User
from portal.models.appointment import GONE, HOLDING, LIVE, TRANSITIONS, Appointment, Series
from portal.models.audit import AuditEvent
from portal.models.availability import Slot
from portal.models.calendar_feed import CalendarFeed
from portal.models.clinic import ClinicSettings
from portal.models.hours import Holiday, HoursException, TimeOff, Weekday, WeeklyHours
from portal.models.notification import Broadcast, Notification
from portal.models.office import Office, Specialty
from portal.models.patient import Patient
from portal.models.review import Review
from portal.models.staff import Assistant, Doctor, offices_of
from portal.models.waitlist import Offer, Wait
from portal.models.worker import PeriodicJob, Worker

__all__ = [
    "GONE",
    "HOLDING",
    "LIVE",
    "TRANSITIONS",
    "Appointment",
    "Assistant",
    "AuditEvent",
    "Broadcast",
    "CalendarFeed",
    "ClinicSettings",
    "Doctor",
    "Holiday",
    "HoursException",
    "Notification",
    "Offer",
    "Office",
    "Patient",
    "PeriodicJob",
    "Review",
    "Series",
    "Slot",
    "Specialty",
    "TimeOff",
    "User",
    "Wait",
    "Weekday",
    "WeeklyHours",
    "Worker",
    "offices_of",
]
