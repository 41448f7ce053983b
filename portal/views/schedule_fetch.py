"""Whose diary is open, and at which office: what every page under /schedule/ starts with."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from portal.enums import Role
from portal.models import Doctor, Office
from portal.queries import choices
from portal.queries.doctors import of_user
from portal.views.fetch import demand_role

REACH = timedelta(days=730)  # how far back and ahead a diary can be turned


@dataclass(frozen=True)
class Diary:
    doctor: Doctor
    office: Office  # where the days and times are
    offices: list[Office]

    @property
    def query(self) -> str:
        """What links and forms carry so that they stay at this office."""
        return "" if self.office.pk == self.doctor.office_id else f"?office={self.office.pk}"

    @property
    def today(self) -> date:
        return timezone.now().astimezone(self.office.zone).date()


def own_diary(request) -> Diary:
    """The signed-in doctor's diary at `?office=`, or at their main office. Two queries.

    403 for others, 404 for an office that does not exist.
    """
    demand_role(request.user, Role.DOCTOR)
    offices = choices.offices()
    doctor = of_user(request.user, offices)
    if doctor is None:
        raise PermissionDenied
    wanted = request.GET.get("office") or str(doctor.office_id)
    office = next((one for one in offices if str(one.pk) == wanted), None)
    if office is None:
        raise Http404
    return Diary(doctor, office, offices)


def demand_within_reach(day: date, diary: Diary) -> None:
    if abs(day - diary.today) > REACH:
        raise Http404
