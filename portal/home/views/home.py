"""The start page for visitors, and the first page after sign-in."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from portal.appointments.queries import waits
from portal.appointments.queries.requests import waiting_for
from portal.appointments.rows.presence_buttons import OnPage, buttons, waiting
from portal.appointments.rows.wait_lines import kept_until
from portal.home.queries import dashboards
from portal.models import Appointment
from portal.people.queries.doctors import directory, of_user
from portal.setup.queries.missing import missing
from portal.web import choices
from portal.web.context import for_request

SHOWN = 6


@login_not_required
@require_GET
def home(request):
    soonest = (
        directory(for_request(request))
        .filter(next_free__isnull=False)
        .order_by("next_free", "search_name")[:SHOWN]
    )
    context = {
        "doctors": soonest,
        "specialties": choices.specialties(),
        "offices": choices.offices_in_full(),
    }
    return render(request, "home/home.html", context)


@require_GET
def dashboard(request):
    """By role; for assistants it is the day sheet."""
    if request.user.is_assistant:
        return redirect("desk")
    show = {"patient": _patient, "doctor": _doctor, "admin": _admin}[request.user.role]
    return show(request)


def _patient(request):
    board, offers = dashboards.of_patient(request.user), waits.open_offers(request.user)
    context = {
        "board": board,
        "offers": [(offer, kept_until(offer)) for offer in offers],
        "shows_zone": _of_several_zones(board.coming),
    }
    return render(request, "home/dashboard/patient.html", context)


def _doctor(request):
    doctor, now = of_user(request.user), timezone.now()
    if doctor is None:
        raise PermissionDenied
    board, marks = dashboards.of_doctor(doctor), buttons(now)
    shown = [(one, OnPage.of(one)) for one in board.appointments]
    context = {
        "doctor": doctor,
        "board": board,
        "requests": waiting_for(request.user),
        "shows_zone": _of_several_zones(board.appointments),
        "rows": [(one, waiting(row, now), marks(row)) for one, row in shown],
    }
    return render(request, "home/dashboard/doctor.html", context)


def _of_several_zones(appointments: list[Appointment]) -> bool:
    """Then each time is told with its zone."""
    return len({one.office.time_zone for one in appointments}) > 1


def _admin(request):
    context = {
        "board": dashboards.of_admin(),
        "requests": waiting_for(request.user),
        "missing": missing(request.user, for_request(request)),
    }
    return render(request, "home/dashboard/admin.html", context)
