"""Errors with a text for the user."""

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise


class PortalError(Exception):
    """A refusal. `message` is a sentence for the user; `field` names the input at fault."""

    message: StrOrPromise = _("That could not be done.")
    status = 422

    def __init__(self, message: StrOrPromise = "", *, field: str | None = None):
        self.message = message or self.message
        self.field = field
        super().__init__(str(self.message))


class Forbidden(PortalError):
    """The user may see the object but not do this to it."""

    message = _("You are not allowed to do that.")
    status = 403


class SlotTaken(PortalError):
    """Somebody else was faster, or the doctor withdrew the time."""

    message = _("That time has just been taken.")
    status = 409


class Overlap(PortalError):
    """The patient or the doctor is already busy at that time."""

    status = 409


class TooLate(PortalError):
    """The deadline for this action has passed."""


class StaleState(PortalError):
    """The object has changed since the page was loaded."""

    message = _("This has changed since you opened the page. Here is how it stands now.")
    status = 409


class OutsideHours(PortalError):
    """A time is not on the clinic's grid, in the past, or beyond the horizon."""


class LimitReached(PortalError):
    """One of the clinic's limits is reached."""


class Deceased(PortalError):
    """The patient is recorded as deceased."""

    status = 409


class MergedPatient(StaleState):
    """The patient was merged into another, who stays."""

    message = _("This patient was merged with another one meanwhile. Find the patient again.")


class ErasedPatient(StaleState):
    """The patient was erased at their own request."""

    message = _("This patient was erased meanwhile. Nothing can be done with the number any more.")


class ErasureWaits(StaleState):
    """The patient is going to be erased, so nothing is begun for them."""

    message = _(
        "This patient has asked to be erased. The request has to be withdrawn before anything is "
        "booked or joined."
    )


class ChangedMeanwhile(PortalError):
    """Somebody else has changed the data since the form was opened. `fields`: the names of what is
    different now."""

    message = _(
        "Somebody has changed this patient since you opened the page. What you typed is kept: "
        "compare it with what is stored now, and save again."
    )
    status = 409

    def __init__(self, fields: list[str]):
        self.fields = fields
        super().__init__()


class NoteChanged(PortalError):
    """Another window has saved this note since the page was opened. `note`: as it is stored."""

    message = _(
        "This note was saved in another window since. What you typed here is kept: compare it with "
        "what is stored, and save again."
    )
    status = 409

    def __init__(self, note):
        self.note = note
        super().__init__()


class LikelyDuplicate(PortalError):
    """Existing patients may be the one to be entered; the user must look at `patients` first."""

    message = _("Somebody like this is already known here.")
    status = 409

    def __init__(self, patients: list):
        self.patients = patients
        super().__init__()


class NeedsConfirmation(PortalError):
    """The action is possible but unusual; `message` says why, and the user must confirm it."""

    status = 409


class SecretUnreadable(PortalError):
    """None of the configured keys decrypts a stored secret."""

    message = _("Your second factor cannot be checked at the moment. Please call the clinic.")
    status = 503


class ClosedDay(PortalError):
    """The office is closed on that day. Staff can make a time in spite of that; `name`: why it is
    closed."""

    status = 409

    def __init__(self, message: str, *, name: str, field: str | None = None):
        self.name = name
        super().__init__(message, field=field)


class SeriesBroken(PortalError):
    """Some times of a series cannot be booked, so none was booked; `lost`: slot id → reason."""

    message = _("Nothing is booked: something has changed. All else that you chose is kept.")
    status = 409

    def __init__(self, lost: dict[int, StrOrPromise]):
        self.lost = lost
        super().__init__()


class OfferGone(PortalError):
    """The offered time is no longer offered to this patient."""

    message = _("This time is no longer on offer.")
    status = 409


class Unsettled(PortalError):
    """Some appointments in a time off are not settled. `missing` have no choice yet; `changed` were
    added or have changed since the page was loaded. Both are ids."""

    def __init__(self, *, missing: list[int], changed: list[int]):
        self.missing, self.changed = missing, changed
        self.status = 409 if changed else 422
        super().__init__(
            _("Something has changed meanwhile: look at what is marked. All you chose is kept.")
            if changed
            else _("Say for each appointment what is to become of it.")
        )
