"""Errors whose text is written for the person who reads it."""

from django.utils.translation import gettext_lazy as _


class PortalError(Exception):
    """A refusal. `message` is a sentence for the reader, `field` the input at fault."""

    message = _("That could not be done.")
    status = 422

    def __init__(self, message: str = "", *, field: str | None = None):
        self.message = message or self.message
        self.field = field
        super().__init__(str(self.message))


class Forbidden(PortalError):
    """The user may see the thing but not do this to it."""

    message = _("You are not allowed to do that.")
    status = 403


class SlotTaken(PortalError):
    """Somebody else was quicker, or the doctor withdrew the time."""

    message = _("That time has just been taken.")
    status = 409


class Overlap(PortalError):
    """The patient or the doctor is already busy at that time."""

    status = 409


class TooLate(PortalError):
    """The moment until which this was possible has passed."""


class StaleState(PortalError):
    """The thing has moved on since the page was loaded."""

    message = _("This has changed since you opened the page. Here is how it stands now.")
    status = 409


class OutsideHours(PortalError):
    """A time is off the clinic's grid, in the past or beyond the horizon."""


class LimitReached(PortalError):
    """One of the clinic's caps is reached."""


class LikelyDuplicate(PortalError):
    """Patients who may be the one that is being entered; `patients` are to be looked at first."""

    message = _("Somebody like this is already known here.")
    status = 409

    def __init__(self, patients: list):
        self.patients = patients
        super().__init__()


class NeedsConfirmation(PortalError):
    """It is possible, but unusual enough that it is asked for again: `message` says why."""

    status = 409


class ClosedDay(PortalError):
    """The office is closed on that day. Staff can make a time in spite of that; `name`: why it is
    closed."""

    status = 409

    def __init__(self, message: str, *, name: str, field: str | None = None):
        self.name = name
        super().__init__(message, field=field)


class SeriesBroken(PortalError):
    """Some times of a series cannot be had, and so none was booked; `lost`: slot id → why."""

    message = _("Nothing is booked: something has changed. All else that you chose is kept.")
    status = 409

    def __init__(self, lost: dict[int, str]):
        self.lost = lost
        super().__init__()


class OfferGone(PortalError):
    """A time that was kept for somebody who waits is not theirs to take any more."""

    message = _("This time is no longer on offer.")
    status = 409


class Unsettled(PortalError):
    """Some appointments in a time off are not settled: `missing` have no choice yet, `changed` came
    to be in it, or changed, while somebody was choosing. Both are ids."""

    def __init__(self, *, missing: list[int], changed: list[int]):
        self.missing, self.changed = missing, changed
        self.status = 409 if changed else 422
        super().__init__(
            _("Something has changed meanwhile: look at what is marked. All you chose is kept.")
            if changed
            else _("Say for each appointment what is to become of it.")
        )
