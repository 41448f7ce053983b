"""The directory, and a doctor's page with a week of free times, for everyone (A06, B07)."""

from collections.abc import Callable
from datetime import date, timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from portal.clock.today import today_at
from portal.models import Doctor
from portal.people.forms.doctors import DirectoryForm
from portal.people.queries.doctors import (
    FreeDay,
    FreeTime,
    ListedDoctor,
    directory,
    free_days,
    languages_spoken,
    preview,
)
from portal.slots.patient_choice import (
    appointment_to_move,
    choosing,
    chosen_patient,
    is_staff,
    may_book_with,
    reader,
)
from portal.slots.queries.release import audience_marks
from portal.web import choices
from portal.web.context import for_request
from portal.web.links import page_links
from portal.web.pages import page_number, paged
from portal.web.templatetags.clinic import zone_name

DAYS_SHOWN = 14  # in the strip
WEEK = 7  # days whose times are on the page; phones show the first of them
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
        return render(request, "people/doctors/doctors.html#results", context)
    context["specialties"] = choices.specialties()
    context["offices"] = choices.offices()
    context["languages"] = languages_spoken()
    return render(request, "people/doctors/doctors.html", context)


@login_not_required
@require_GET
@vary_on_headers("HX-Request")
def doctor(request, pk: int):
    settings = for_request(request)
    found = _listed_or_own(request, pk)
    chosen = _day_in_url(request, found) or _next_free_day(found) or _today(found)
    today = _today(found)
    first = _first_day_shown(today, chosen)
    at = (chosen - first).days
    days = free_days(
        found,
        first,
        max(DAYS_SHOWN, at + WEEK),
        settings=settings,
        by=reader(request),
    )
    week = days[at : at + WEEK]
    moving = appointment_to_move(request)
    patient = None if moving else chosen_patient(request)
    ahead = FARTHEST if is_staff(request.user) else settings.horizon
    last = today + ahead  # nothing can be booked after that day
    by_request = found.on_request and not is_staff(request.user)
    marks = audience_marks(settings) if is_staff(request.user) else {}
    query = f"&move={moving.pk}" if moving else f"&patient={patient.pk}" if patient else ""
    context = {
        "doctor": found,
        "patient": patient,
        "moving": moving,
        "days": [_strip_day(day, chosen, query) for day in days[:DAYS_SHOWN]],
        "day": week[0],
        "last_day": week[-1].day,
        "week": _columns(
            week,
            found,
            request.user,
            choosing(moving=moving, patient=patient),
            marks,
            is_preview=not found.is_listed,
        ),
        "week_count": sum(day.count for day in week),
        "desk_query": f"?doctor={found.pk}" if _runs_diary(request.user, found) else "",
        "by_request": by_request,
        "answer_hours": settings.request_answer_hours,
        "next_day": next((day.day for day in days[at + 1 :] if day.times), None),
        "query": query,
        "earlier": first - timedelta(DAYS_SHOWN) if first > today else None,
        "later": _within(first + timedelta(DAYS_SHOWN), last),
        "week_before": max(chosen - timedelta(WEEK), today) if chosen > today else None,
        "week_after": _within(chosen + timedelta(WEEK), last),
    }
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "people/doctors/doctor.html#times", context)
    return render(request, "people/doctors/doctor.html", context)


def _listed_or_own(request, pk: int) -> ListedDoctor:
    """A listed doctor; the doctor and admins see the page before it is there for others (A02).

    One query, and one more for somebody who is not listed.
    """
    settings = for_request(request)
    found = directory(settings).filter(pk=pk).first()
    if found is None and request.user.is_authenticated:
        found = preview(settings, by=request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _runs_diary(user, doctor: Doctor) -> bool:
    """Whether the user is staff of the desk who run the diary: one query for assistants."""
    is_desk = user.is_authenticated and user.is_desk
    return is_desk and user.has_perm("portal.change_diary", doctor)


def _today(doctor: Doctor) -> date:
    return today_at(doctor.office)


def _within(day: date, last: date) -> date | None:
    return day if day <= last else None


def _next_free_day(doctor: ListedDoctor) -> date | None:
    return doctor.next_free and doctor.next_free.astimezone(doctor.office.zone).date()


def _day_in_url(request, doctor: Doctor) -> date | None:
    """The day in the URL, if it is within the bookable days."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return None
    today = _today(doctor)
    return day if today <= day <= today + FARTHEST else None


def _first_day_shown(today: date, chosen: date) -> date:
    """Two-week periods are counted from today, so the strip stays in place when another day is
    chosen."""
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


def _columns(
    week: list[FreeDay],
    doctor: Doctor,
    user,
    choose: Callable[[int], str],
    marks: dict[str, str],
    *,
    is_preview: bool,
) -> list[dict]:
    """The days' times by part of the day, each a link with a full name; in a preview without the
    link. At most one query."""
    may_book = may_book_with(user)
    ask = f"{_('Request')} " if doctor.on_request and not is_staff(user) else ""

    def link(time: FreeTime, day: str) -> dict:
        label = f"{time.starts:%H:%M}"
        return {
            "url": not is_preview and may_book(doctor.user_id, time.office_id) and choose(time.pk),
            "label": label,
            "office": _elsewhere(time, doctor),
            "mark": marks.get(time.audience, ""),
            "full_label": f"{ask}{day}, {label}, {doctor.name}",
        }

    def column(day: FreeDay) -> dict:
        name = date_format(day.day, "l j F")
        groups = [
            {"part": part, "title": part.label, "times": [link(time, name) for time in times]}
            for part, times in day.parts()
        ]
        return {"day": day.day, "count": day.count, "groups": groups}

    return [column(day) for day in week]


def _elsewhere(time: FreeTime, doctor: Doctor) -> str:
    """The office, if it is not the doctor's own, and its time zone if that differs."""
    if time.office_id == doctor.office_id:
        return ""
    if time.time_zone == doctor.office.time_zone:
        return time.office
    return f"{time.office}, {zone_name(time)}"
