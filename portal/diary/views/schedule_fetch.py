"""Fetches the diary and the office, for every page under /schedule/."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from portal.clock.today import today_at
from portal.enums import Role
from portal.models import Doctor, Office, offices_of
from portal.people.queries.doctors import of_user
from portal.web import choices
from portal.web.fetch import demand_role
from portal.web.ids import id_of

REACH = timedelta(days=730)  # how far back and ahead a diary can be turned


@dataclass(frozen=True)
class Diary:
    doctor: Doctor
    office: Office  # where the days and times are
    offices: list[
        Office
    ]  # all, closed ones too, for names and time zones of slots at other offices
    places: list[Office]  # open ones where the reader may change something
    is_own: bool = True  # the desk may open one of those whose office it runs

    @property
    def query(self) -> str:
        """The query string with which links and forms stay at this office and with this doctor."""
        parts = {} if self.is_own else {"doctor": self.doctor.pk}
        if self.office.pk != self.doctor.office_id:
            parts["office"] = self.office.pk
        return f"?{urlencode(parts)}" if parts else ""

    @property
    def today(self) -> date:
        return today_at(self.office)


def own_diary(request) -> Diary:
    """The signed-in doctor's diary at `?office=`, or at the main office. Two queries.

    403 for other users, 404 for an office that does not exist.
    """
    demand_role(request.user, Role.DOCTOR)
    offices = choices.every_office()
    doctor = of_user(request.user, offices)
    if doctor is None:
        raise PermissionDenied
    return _at_office(request, doctor, offices, is_own=True)


def any_diary(request) -> Diary:
    """The same, or for the desk the diary of `?doctor=` at an office that the user runs. Five
    queries at most.

    403 without that right, 404 for doctors and offices that the user does not run.
    """
    if request.user.role not in (Role.ASSISTANT, Role.ADMIN):
        return own_diary(request)
    pk = id_of(request.GET.get("doctor"))
    if pk is None:
        raise PermissionDenied
    doctors = Doctor.objects.with_diary_of(request.user)
    doctor = get_object_or_404(doctors.select_related("user", "office", "specialty"), pk=pk)
    return _at_office(request, doctor, choices.every_office(), is_own=False)


def _at_office(request, doctor: Doctor, offices: list[Office], *, is_own: bool) -> Diary:
    wanted = request.GET.get("office") or str(doctor.office_id)
    places = [one for one in offices if one.is_open]
    places = places if is_own else _run_by(request.user, places)
    office = next((one for one in places if str(one.pk) == wanted), None)
    if office is None:
        raise Http404
    return Diary(doctor, office, offices, places, is_own)


def _run_by(user, offices: list[Office]) -> list[Office]:
    """The offices among these that the user runs: one query for assistants."""
    if user.role == Role.ADMIN:
        return offices
    run = set(offices_of(user).values_list("pk", flat=True))
    return [office for office in offices if office.pk in run]


def demand_within_reach(day: date, diary: Diary) -> None:
    if abs(day - diary.today) > REACH:
        raise Http404
