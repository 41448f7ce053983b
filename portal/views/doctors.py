"""The directory and a doctor's page with free times, for everyone (requirements A06, B07)."""

from collections.abc import Callable
from datetime import date, timedelta

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from portal.context import for_request
from portal.forms.doctors import DirectoryForm
from portal.models import Doctor
from portal.queries import choices
from portal.queries.doctors import FreeDay, directory, free_days
from portal.queries.pages import page_number, paged
from portal.queries.release import audience_marks
from portal.views.links import page_links
from portal.views.patient_choice import (
    appointment_to_move,
    chosen_patient,
    is_staff,
    may_book_with,
)

DAYS_SHOWN = 14
FARTHEST = timedelta(days=800)  # the longest horizon that a clinic can set, and some


@login_not_required
@require_GET
@vary_on_headers("HX-Request")
def doctors(request):
    form = DirectoryForm(request.GET)
    found = directory(for_request(request), **form.wanted)
    page = paged(found, page_number(request.GET.get("page")))
    context = {"form": form, "page": page, **page_links(request, page)}
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "doctors/doctors.html#results", context)
    context["specialties"] = choices.specialties()
    context["offices"] = choices.offices()
    return render(request, "doctors/doctors.html", context)


@login_not_required
@require_GET
@vary_on_headers("HX-Request")
def doctor(request, pk: int):
    settings = for_request(request)
    found = get_object_or_404(directory(settings), pk=pk)
    chosen = _day_in_url(request, found) or _next_free_day(found) or _today(found)
    first = _first_day_shown(found, chosen)
    days = free_days(found, first, DAYS_SHOWN, settings=settings, for_staff=is_staff(request.user))
    moving = appointment_to_move(request)
    patient = None if moving else chosen_patient(request)
    by_request = found.on_request and not is_staff(request.user)
    marks = audience_marks(settings) if is_staff(request.user) else {}
    query = f"&move={moving.pk}" if moving else f"&patient={patient.pk}" if patient else ""
    context = {
        "doctor": found,
        "patient": patient,
        "moving": moving,
        "days": [_strip_day(day, chosen, query) for day in days],
        "day": next(day for day in days if day.day == chosen),
        "groups": _groups(days, chosen, found, request.user, _choose(moving, patient), marks),
        "desk_query": f"?doctor={found.pk}" if _runs_diary(request.user, found) else "",
        "by_request": by_request,
        "answer_hours": settings.request_answer_hours,
        "next_day": next((day.day for day in days if day.times and day.day > chosen), None),
        "query": query,
        "earlier": first - timedelta(DAYS_SHOWN) if first > _today(found) else None,
        "later": first + timedelta(DAYS_SHOWN),
    }
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "doctors/doctor.html#times", context)
    return render(request, "doctors/doctor.html", context)


def _runs_diary(user, doctor: Doctor) -> bool:
    """Of the desk: one query for assistants."""
    is_desk = user.is_authenticated and user.is_desk
    return is_desk and user.has_perm("portal.change_diary", doctor)


def _today(doctor: Doctor) -> date:
    return timezone.now().astimezone(doctor.office.zone).date()


def _next_free_day(doctor: Doctor) -> date | None:
    return doctor.next_free and doctor.next_free.astimezone(doctor.office.zone).date()


def _day_in_url(request, doctor: Doctor) -> date | None:
    """The day asked for, if it is one on which anything can be free."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return None
    today = _today(doctor)
    return day if today <= day <= today + FARTHEST else None


def _first_day_shown(doctor: Doctor, chosen: date) -> date:
    """Fortnights are counted from today, so that going from day to day keeps the strip in place."""
    today = _today(doctor)
    return today + (chosen - today) // timedelta(DAYS_SHOWN) * timedelta(DAYS_SHOWN)


def _strip_day(day: FreeDay, chosen: date, query: str) -> dict:
    return {
        "weekday": date_format(day.day, "D"),
        "day": day.day.day,
        "month": date_format(day.day, "M"),
        "count": day.count,
        "url": f"?day={day.day.isoformat()}{query}#times",
        "is_current": day.day == chosen,
    }


def _choose(moving, patient) -> Callable[[int], str]:
    """Where choosing a slot leads: to booking it, or to moving an appointment there."""
    if moving:
        page = reverse("appointment-reschedule", args=[moving.pk])
        return lambda slot: f"{page}?slot={slot}"
    query = f"?patient={patient.pk}" if patient else ""
    return lambda slot: reverse("slot-book", args=[slot]) + query


def _groups(
    days: list[FreeDay],
    chosen: date,
    doctor: Doctor,
    user,
    choose: Callable[[int], str],
    marks: dict[str, str],
) -> list[dict]:
    """The chosen day's times by part of the day, each a link with a full name."""
    day = next(day for day in days if day.day == chosen)
    may_book = may_book_with(user)
    ask = f"{_('Request')} " if doctor.on_request and not is_staff(user) else ""
    return [
        {
            "title": part.label,
            "times": [
                {
                    "url": may_book(doctor.user_id, time.office_id) and choose(time.pk),
                    "label": f"{time.starts:%H:%M}",
                    "office": time.office if time.office != doctor.office.name else "",
                    "mark": marks.get(time.audience, ""),
                    "full_label": f"{ask}{date_format(time.starts, 'l j F, H:i')}, {doctor.name}",
                }
                for time in times
            ],
        }
        for part, times in day.parts()
    ]
