"""Whose diary is open, and at which office: what every page under /schedule/ starts with."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from portal.enums import Role
from portal.models import Doctor, Office
from portal.people.queries.doctors import of_user
from portal.web import choices
from portal.web.fetch import demand_role
from portal.web.ids import id_of

REACH = timedelta(days=730)  # how far back and ahead a diary can be turned


@dataclass(frozen=True)
class Diary:
    doctor: Doctor
    office: Office  # where the days and times are
    offices: list[Office]
    is_own: bool = True  # the desk may open one of those whose office it runs

    @property
    def query(self) -> str:
        """What links and forms carry so that they stay at this office and with this doctor."""
        parts = {} if self.is_own else {"doctor": self.doctor.pk}
        if self.office.pk != self.doctor.office_id:
            parts["office"] = self.office.pk
        return f"?{urlencode(parts)}" if parts else ""

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
    return _at_office(request, doctor, offices, is_own=True)


def any_diary(request) -> Diary:
    """The same, or for the desk the diary of `?doctor=`. Four queries at most.

    403 without that, and for doctors whose office they do not run.
    """
    if request.user.role not in (Role.ASSISTANT, Role.ADMIN):
        return own_diary(request)
    pk = id_of(request.GET.get("doctor"))
    if pk is None:
        raise PermissionDenied
    doctors = Doctor.objects.select_related("user", "office", "specialty")
    doctor = get_object_or_404(doctors, pk=pk)
    if not request.user.has_perm("portal.change_diary", doctor):
        raise PermissionDenied
    return _at_office(request, doctor, choices.offices(), is_own=False)


def _at_office(request, doctor: Doctor, offices: list[Office], *, is_own: bool) -> Diary:
    wanted = request.GET.get("office") or str(doctor.office_id)
    office = next((one for one in offices if str(one.pk) == wanted), None)
    if office is None:
        raise Http404
    return Diary(doctor, office, offices, is_own)


def demand_within_reach(day: date, diary: Diary) -> None:
    if abs(day - diary.today) > REACH:
        raise Http404
