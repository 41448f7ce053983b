"""The facts that messages about appointments, requests and offers may contain: nothing clinical
(D01)."""

from typing import Annotated

from django.utils.translation import gettext as _

from portal.models import Appointment, User, Wait
from portal.notifications.facts import AtPlace, Facts, Moment, OnClock, PlaceName

_WAS_ZONE = ("was_zone", "zone")


class AppointmentFacts(Facts):
    """An appointment as it was at that time; `zone` is the IANA zone of its office."""

    starts_at: Moment
    ends_at: Moment
    zone: str
    office: PlaceName
    is_by_video: bool = False
    doctor: str
    patient: str
    reference: str
    version: int
    by: str = ""  # who did it: patient, proxy, doctor or clinic; "" is the program
    by_name: str = ""  # of a proxy
    by_link: bool = False  # a patient did it without signing in
    appointment: int = 0  # its id, where a message speaks of several
    others: list["AppointmentFacts"] = []

    @classmethod
    def derived(cls, printed: dict) -> dict:
        """`where`, for use inside a sentence."""
        if printed.get("is_by_video"):
            return {"where": _("by video")}
        return {"where": printed["office"].name} if "office" in printed else {}


class FreeTime(Facts):
    """A slot that can be booked instead; `slot` is its id."""

    slot: int
    starts_at: Moment
    ends_at: Moment
    zone: str
    office: PlaceName


class ConfirmedFacts(AppointmentFacts):
    was_request: bool = False


class MovedFacts(AppointmentFacts):
    was_starts_at: Annotated[str, OnClock(_WAS_ZONE)]
    was_zone: str
    was_office: Annotated[str, AtPlace(_WAS_ZONE)]
    was_doctor: str
    doctor_id: int


class FreedFacts(AppointmentFacts):
    """A time that is free again, or that is withdrawn (`is_withdrawn`)."""

    is_withdrawn: bool = False
    has_message: bool = False  # the patient reads it on the appointment's page


class RequestedFacts(AppointmentFacts):
    answer_by: Moment


class RefusedFacts(AppointmentFacts):
    """A request that was declined, withdrawn or has expired; `is_gone`: somebody else has the
    time."""

    is_gone: bool = False
    has_reason: bool = False  # the patient reads it on the request's page
    free_times: list[FreeTime] = []


class ReminderFacts(AppointmentFacts):
    until: str  # ISO, in UTC: after that it is of no use


class OfferFacts(Facts):
    """A slot on offer; `offer` is the offer's id; `moves`: accepting it moves an appointment."""

    offer: int
    starts_at: Moment
    ends_at: Moment
    expires_at: Moment
    zone: str
    office: PlaceName
    phone: str
    doctor: str
    patient: str
    moves: bool


class WaitFacts(Facts):
    """An entry of the waiting list; `wait` and `specialty` are ids."""

    wait: int
    doctor: str
    patient: str
    specialty: int


def facts_of_wait(wait: Wait, _by: User | None, _given: dict) -> dict:
    """The facts of an entry for one doctor, which has its patient and that doctor loaded."""
    about = wait.slot or wait.appointment
    doctor = about.doctor if about else wait.doctor
    if doctor is None:
        raise ValueError("This entry is for no doctor.")
    return {
        "wait": wait.pk,
        "doctor": doctor.name,
        "patient": wait.patient.name,
        "specialty": doctor.specialty_id,
    }


def facts_of(appointment: Appointment) -> dict:
    """The facts of an appointment whose office, doctor and patient are loaded. No query."""
    return {
        "starts_at": appointment.starts_at.isoformat(),
        "ends_at": appointment.ends_at.isoformat(),
        "zone": appointment.office.time_zone,
        "office": appointment.office.name,
        "is_by_video": appointment.is_by_video,
        "doctor": appointment.doctor.name,
        "patient": appointment.patient.name,
        "reference": appointment.reference,
        "version": appointment.version,
    }


def facts_of_change(appointment: Appointment, by: User | None, given: dict) -> dict:
    """The same, and who made the change."""
    who = "patient" if given.get("by_link") else _who(by, appointment)
    name = {"by_name": by.name} if by and who == "proxy" else {}
    return facts_of(appointment) | {"by": who} | name


def _who(by: User | None, appointment: Appointment) -> str:
    """Who made the change, as the recipients may know it."""
    if by is None:
        return ""
    of_users = {appointment.patient.user_id: "patient", appointment.doctor.user_id: "doctor"}
    return of_users.get(by.pk, "proxy" if by.is_patient else "clinic")
