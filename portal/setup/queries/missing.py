"""What a new clinic still lacks before patients can book (requirement A15)."""

from dataclasses import dataclass
from enum import Enum

from django.db.models import Exists
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.models import ClinicSettings, Doctor, Office, Slot, Specialty, User
from portal.slots.queries.slots import bookable


class Step(Enum):
    """The steps in their order; the value is the name of the page."""

    CLINIC = "setup-clinic"
    OFFICE = "setup-office"
    SPECIALTY = "setup-specialty"
    DOCTOR = "setup-doctor"
    HOURS = "setup-hours"

    @property
    def title(self) -> str | Promise:
        return _TITLES[self][0]

    @property
    def missing(self) -> str | Promise:
        return _TITLES[self][1]


_TITLES = {
    Step.CLINIC: (_("The clinic"), _("The clinic has no name yet")),
    Step.OFFICE: (_("An office"), _("No office yet")),
    Step.SPECIALTY: (_("A specialty"), _("No specialty yet")),
    Step.DOCTOR: (_("A doctor"), _("No doctor yet")),
    Step.HOURS: (_("Times to book"), _("No time to book yet")),
}


@dataclass(frozen=True)
class Missing:
    steps: list[Step]  # that are still to be done, in order

    @property
    def next(self) -> Step | None:
        return self.steps[0] if self.steps else None


def first_free(settings: ClinicSettings) -> Slot | None:
    """The first time that patients can book, with doctor and office: one query."""
    free = bookable(settings).select_related("doctor", "office")
    return free.order_by("starts_at", "pk").first()


def missing(user: User, settings: ClinicSettings) -> Missing | None:
    """What is missing; None once the set-up is finished, which costs no query. Else one query.

    The clinic's own step is done once its time zone is known.
    """
    if settings.set_up_at is not None:
        return None
    free = bookable(settings)
    there = {
        Step.OFFICE: Office.objects.open(),
        Step.SPECIALTY: Specialty.objects.open(),
        Step.DOCTOR: Doctor.objects.listed(),
        Step.HOURS: free,
    }
    found = User.objects.filter(pk=user.pk).values_list(
        *(Exists(rows.order_by()) for rows in there.values())
    )
    done = dict(zip(there, found.get(), strict=True)) | {Step.CLINIC: bool(settings.time_zone)}
    return Missing([step for step in Step if not done[step]])
