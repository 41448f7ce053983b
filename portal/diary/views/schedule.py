"""The doctor's own diary: two weeks, and a day with its ranges (requirement B02)."""

from datetime import date, timedelta

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.clock.grid import cells_between, local_day
from portal.diary.forms.schedule import DayForm, JumpForm, RangeForm
from portal.diary.queries.schedule import days_at_a_glance, strip_box
from portal.diary.queries.schedule_day import day_in_tiles
from portal.diary.queries.time_off import days_away
from portal.diary.services import availability
from portal.diary.views.schedule_fetch import REACH, Diary, demand_within_reach, own_diary
from portal.diary.views.schedule_words import tell_change
from portal.errors import PortalError
from portal.slots.queries.closures import closure_at, closures
from portal.web.context import for_request
from portal.web.long_tables import render_long

DAYS_SHOWN = 14


@require_GET
def schedule(request):
    """Two weeks from `?from=`; `?day=` redirects to the page of that day."""
    diary = own_diary(request)
    jump = JumpForm(request.GET if "day" in request.GET else None)
    if jump.is_valid():
        if abs(jump.cleaned_data["day"] - diary.today) <= REACH:
            return redirect(_day_url(jump.cleaned_data["day"], diary))
        jump.add_error("day", _("That date is too far away."))
    first = _first_day(request, diary)
    context = {
        "diary": diary,
        "jump": jump,
        "days": days_at_a_glance(diary.doctor, first, DAYS_SHOWN, offices=diary.offices),
        "away": days_away(diary.doctor, first, DAYS_SHOWN),
        "strip_box": strip_box(for_request(request)),
        "first": first,
        "last": first + timedelta(DAYS_SHOWN - 1),
        "earlier": first - timedelta(DAYS_SHOWN),
        "later": first + timedelta(DAYS_SHOWN),
        "has_earlier": _has_earlier(diary, first),
        "closed": closures(diary.office, first, first + timedelta(DAYS_SHOWN - 1)),
    }
    return render(request, "diary/schedule/schedule.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def schedule_day(request, day: date):
    diary = own_diary(request)
    demand_within_reach(day, diary)
    if request.method != "POST":
        return _day_page(request, diary, day)
    form = DayForm(request.POST)
    if not form.is_valid():
        return _day_page(request, diary, day, form=form, status=422)
    starts = form.cleaned_data["free"]
    try:
        change = availability.set_day(
            diary.doctor,
            office=diary.office,
            day=day,
            starts=starts,
            despite_closure=form.cleaned_data["despite_closure"],
            by=request.user,
        )
    except PortalError as error:
        form.add_error(None, error.message)
        return _day_page(request, diary, day, form=form, ticked=starts, status=error.status)
    tell_change(request, change)
    return redirect(_day_url(day, diary))


@require_POST
def schedule_range(request, day: date):
    """Ticks a range of the day, or removes its ticks; it is saved only with the day."""
    diary = own_diary(request)
    demand_within_reach(day, diary)
    sent = DayForm(request.POST)
    ticked = set(sent.cleaned_data["free"]) if sent.is_valid() else set()
    form = RangeForm(request.POST)
    if not form.is_valid():
        return _day_page(request, diary, day, range_form=form, ticked=ticked, status=422)
    values = form.cleaned_data
    cells = cells_between(
        values["first"], values["last"], day, diary.office.zone, for_request(request)
    )
    stretch = {cell.starts_at for cell in cells if cell.starts_at > timezone.now()}
    if not stretch:
        form.add_error(
            "first", _("There is no time of this day’s grid in that range that is still ahead.")
        )
        return _day_page(request, diary, day, range_form=form, ticked=ticked, status=422)
    ticked = ticked | stretch if values["make"] == "free" else ticked - stretch
    return _day_page(request, diary, day, range_form=form, ticked=ticked)


def _day_page(
    request, diary: Diary, day: date, *, form=None, range_form=None, ticked=None, status=200
):
    settings = for_request(request)
    context = {
        "diary": diary,
        "day": day,
        "day_name": date_format(day, "l j F Y"),
        "previous": day - timedelta(1),
        "next": day + timedelta(1),
        "has_earlier": _has_earlier(diary, day),
        "closure": closure_at(diary.office, local_day(day, diary.office.zone)[0]),
        "despite_closure": "despite_closure" in request.POST,
        "tiles": day_in_tiles(
            diary.doctor,
            diary.office,
            day,
            settings=settings,
            offices=diary.offices,
            ticked=ticked,
        ),
        "form": form,
        "range_form": range_form,
        "ticked": ticked,
        "is_unsaved": ticked is not None,
        "step": settings.grid_minutes * 60,
    }
    return render_long(request, "diary/schedule/day.html", context, status=status)


def _has_earlier(diary: Diary, day: date) -> bool:
    """Whether a link to earlier days leads to anything: one query at most."""
    if day > diary.today:
        return True
    before = local_day(day, diary.office.zone)[0]
    return diary.doctor.slots.live().filter(starts_at__lt=before).exists()


def _day_url(day: date, diary: Diary) -> str:
    return reverse("schedule-day", args=[day]) + diary.query


def _first_day(request, diary: Diary) -> date:
    """An invalid or impossible date means today."""
    try:
        first = date.fromisoformat(request.GET.get("from", ""))
    except ValueError:
        return diary.today
    return first if abs(first - diary.today) <= REACH else diary.today
