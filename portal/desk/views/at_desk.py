"""The walk-in patient and the office of the desk (requirement B21).

A walk-in is booked at the office of the desk: the one in the URL, or that of the user's last
walk-in, or the only one that the user runs. Otherwise the page asks for it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from portal.appointments.queries.no_shows import attendance
from portal.appointments.views.choose_patient import choose_patient
from portal.enums import Role
from portal.models import Office, Patient
from portal.web.choices import offices_run_by
from portal.web.fetch import demand_role, get_visible
from portal.web.ids import id_of

KEPT = "desk_office"  # in the session: where the last walk-in was fitted in


@dataclass(frozen=True)
class AtDesk:
    """`office` is None only for an assistant who has no office yet."""

    patient: Patient
    offices: list[Office]  # which the user runs
    office: Office | None

    @property
    def others(self) -> list[Office]:
        return [one for one in self.offices if one != self.office]

    @property
    def office_query(self) -> str:
        """The query string with the office, if the user runs several."""
        return f"?office={self.office.pk}" if self.office and self.others else ""

    def url(self, name: str = "walk-in", **more) -> str:
        query = {"patient": self.patient.pk}
        if self.office:
            query["office"] = self.office.pk
        return f"{reverse(name)}?{urlencode(query | more)}"

    def context(self) -> dict:
        """The context of every page about a walk-in. At most one query."""
        return {
            "section": "desk",
            "patient": self.patient,
            "attendance": attendance(self.patient.pk),
            "office": self.office,
            "change_url": reverse("walk-in") + self.office_query,
        }

    def keep(self, request) -> None:
        """Remember the office for the next walk-in. Call it after a booking."""
        if self.office and request.session.get(KEPT) != self.office.pk:
            request.session[KEPT] = self.office.pk


def for_walk_in(view: Callable) -> Callable:
    """Calls `view(request, at)` once patient and office are known; until then it asks for them."""

    @wraps(view)
    def asked_first(request) -> HttpResponse:
        demand_role(request.user, Role.ASSISTANT, Role.ADMIN)
        patient = _patient(request)
        if patient is None:
            may_ask = request.method == "GET" and request.path == reverse("walk-in")
            return choose_patient(request) if may_ask else redirect("walk-in")
        offices = offices_run_by(request.user)
        at = AtDesk(patient, offices, _office(request, offices))
        if offices and at.office is None:
            pairs = [(one, at.url(office=one.pk)) for one in offices]
            return render(request, "desk/walk_in_office.html", at.context() | {"pairs": pairs})
        return view(request, at)

    return asked_first


def _patient(request) -> Patient | None:
    chosen = id_of(request.POST.get("patient") or request.GET.get("patient"))
    return get_visible(Patient, request.user, chosen) if chosen else None


def _office(request, offices: list[Office]) -> Office | None:
    by_id: dict[int | None, Office] = {office.pk: office for office in offices}
    named = id_of(request.POST.get("office") or request.GET.get("office"))
    if len(offices) == 1:
        return offices[0]
    return by_id.get(named) or by_id.get(request.session.get(KEPT))
