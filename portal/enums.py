"""The enumerations of the portal."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    PATIENT = "patient", _("Patient")
    DOCTOR = "doctor", _("Doctor")
    ASSISTANT = "assistant", _("Assistant")
    ADMIN = "admin", _("Admin")


class UserState(TextChoices):
    ACTIVE = "active", _("Active")
    BLOCKED = "blocked", _("Blocked")
    CLOSED = "closed", _("Closed")
    ERASED = "erased", _("Erased")


class ErasureState(TextChoices):
    """The state of a request to erase a person (A19)."""

    WAITING = "waiting", _("Waiting")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DONE = "done", _("Erased")


class InvitationState(TextChoices):
    """The state of an invitation of staff (A03); computed, not stored."""

    OPEN = "open", _("Invited")
    ACCEPTED = "accepted", _("Accepted")
    REVOKED = "revoked", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


class Relation(TextChoices):
    """What a patient is to the user who looks after them (A14)."""

    CHILD = "child", _("child")
    PARENT = "parent", _("parent")
    PARTNER = "partner", _("partner")
    OTHER = "other", _("relative or friend")


class Scope(TextChoices):
    """What somebody who looks after a patient may read and do (A14)."""

    APPOINTMENTS = "appointments", _("Appointments")
    MESSAGES = "messages", _("Messages")
    RECORDS = "records", _("Records")
    MONEY = "money", _("Money")


class ProxyState(TextChoices):
    """The state of an access to another's chart (A14)."""

    ASKED = "asked", _("Asked for")
    OFFERED = "offered", _("Offered")
    OPEN = "open", _("Open")
    PAUSED = "paused", _("Paused")
    ENDED = "ended", _("Ended")


class NoteState(TextChoices):
    """The state of an encounter note (C06)."""

    DRAFT = "draft", _("Draft")
    SIGNED = "signed", _("Signed")


class Gender(TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", _("Other")
    UNSTATED = "", _("Prefer not to say")


class DoctorState(TextChoices):
    PENDING = "pending", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Not approved")
    WITHDRAWN = "withdrawn", _("Approval withdrawn")


class SlotState(TextChoices):
    """OFFERED is reserved for one entry of the waiting list, until the offer is accepted or ends
    (B15, B20)."""

    OPEN = "open", _("Free")
    OFFERED = "offered", _("On offer")
    TAKEN = "taken", _("Booked")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class SlotAudience(TextChoices):
    """Who may book it; same-day slots are for the desk until a set hour of that day (B24)."""

    PUBLIC = "public", _("Everyone")
    SAME_DAY = "same_day", _("Patients on the day itself")
    DESK = "desk", _("The desk only")


class HolidayState(TextChoices):
    """A proposed public holiday takes effect once staff have confirmed it (B03)."""

    PROPOSED = "proposed", _("Proposed")
    CONFIRMED = "confirmed", _("Closed")
    IGNORED = "ignored", _("Open as usual")


class BulkChangeKind(TextChoices):
    """Changes of many days that can be undone as one."""

    COPY_DAY = "copy_day", _("Day copied")
    HOURS = "hours", _("Weekly hours changed")
    HOLIDAYS = "holidays", _("Closed days changed")
    TIME_OFF = "time_off", _("Time off taken")


class WaitState(TextChoices):
    """The state of an entry of the waiting list (B15, B20)."""

    WAITING = "waiting", _("Waiting")
    SERVED = "served", _("Got a time")
    LEFT = "left", _("Ended by the patient or the desk")
    EXPIRED = "expired", _("Too late")
    ENDED = "ended", _("Ended by the clinic")


class OfferState(TextChoices):
    """VOID: withdrawn because the slot was withdrawn or the patient was no longer free."""

    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    VOID = "void", _("Withdrawn")


class AppointmentState(TextChoices):
    REQUESTED = "requested", _("Requested")
    CONFIRMED = "confirmed", _("Confirmed")
    ARRIVED = "arrived", _("Arrived")
    COMPLETED = "completed", _("Completed")
    NO_SHOW = "no_show", _("Did not attend")
    CANCELLED = "cancelled", _("Cancelled")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")


class Mode(TextChoices):
    IN_PERSON = "in_person", _("In person")
    VIDEO = "video", _("By video")


class CancelReason(TextChoices):
    """Why an appointment was cancelled (requirement B13)."""

    HEALTH = "health", _("Health reasons")
    PERSONAL = "personal", _("Personal reasons")
    OTHER_SPECIALIST = "other_specialist", _("Found another specialist")
    OTHER = "other", _("Another reason")


class DeclineReason(TextChoices):
    """The usual reasons for declining a request, as the patient reads them (B10)."""

    NOT_THEN = "not_then", _("The doctor is not available at that time after all.")
    OTHER_DOCTOR = "other_doctor", _("Another doctor or specialty would help you better.")
    CALL_US = "call_us", _("Please call the office, so that we can find a time together.")


class PartOfDay(TextChoices):
    """Morning ends at 12:00 and afternoon at 17:00, in the office's zone."""

    MORNING = "morning", _("Morning")
    AFTERNOON = "afternoon", _("Afternoon")
    EVENING = "evening", _("Evening")


class Channel(TextChoices):
    """The channels by which a recipient can be notified (requirement D01)."""

    EMAIL = "email", _("Email")
    SMS = "sms", _("SMS")
    PORTAL = "portal", _("In the portal")


class NotificationState(TextChoices):
    """SENDING: claimed by a worker. VOID: no longer true, so it is never sent."""

    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    VOID = "void", _("Not needed any more")


class Audience(TextChoices):
    """The group of recipients of a message from the clinic (requirement D03)."""

    USER = "user", _("One person")
    ROLE = "role", _("Everybody with a role")
    OFFICE = "office", _("The patients of an office")
    DOCTOR_DAY = "doctor_day", _("The appointments of a doctor on a day")


class ImportState(TextChoices):
    """The state of an uploaded file of patients (A18)."""

    UPLOADED = "uploaded", _("Columns to be chosen")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked")
    IMPORTING = "importing", _("Being imported")
    DONE = "done", _("Imported")
    DISMISSED = "dismissed", _("Dismissed")


class OwnDataState(TextChoices):
    """The state of the copy of their data that a patient has asked for (A13)."""

    PREPARING = "preparing", _("Being prepared")
    READY = "ready", _("Ready")
    EXPIRED = "expired", _("Expired")
    FAILED = "failed", _("Failed")


class RowOutcome(TextChoices):
    """What the check found out about a row of the file."""

    NEW = "new", _("New")
    SAME = "same", _("Already here")
    POSSIBLE = "possible", _("Possible duplicate")
    REFUSED = "refused", _("Refused")


class RowChoice(TextChoices):
    """What is to become of a possible duplicate."""

    SKIP = "skip", _("Leave out")
    NEW = "new", _("Another person: import")
    FILL = "fill", _("Same person: fill in what is empty")
