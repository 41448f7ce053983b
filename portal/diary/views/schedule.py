"""The doctor's own diary: two weeks, a day, ranges, copying a day (requirement B02)."""

from datetime import date, datetime, timedelta

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.diary.forms.schedule import CopyForm, DayForm, JumpForm, RangeForm
from portal.diary.queries.schedule import days_at_a_glance, strip_box
from portal.diary.queries.schedule_day import day_in_tiles
from portal.diary.queries.time_off import days_away
from portal.diary.services import availability
from portal.diary.views.schedule_fetch import REACH, Diary, demand_within_reach, own_diary
from portal.diary.views.schedule_words import change_text, tell_change
from portal.errors import PortalError
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
            diary.doctor, office=diary.office, day=day, starts=starts, by=request.user
        )
    except PortalError as error:
        form.add_error(None, error.message)
        return _day_page(request, diary, day, form=form, ticked=starts, status=error.status)
    tell_change(request, change)
    return redirect(_day_url(day, diary))


@require_POST
def schedule_range(request, day: date):
    diary = own_diary(request)
    demand_within_reach(day, diary)
    form, ticked = RangeForm(request.POST), _unsaved_ticks(request)
    if not form.is_valid():
        return _day_page(request, diary, day, range_form=form, ticked=ticked, status=422)
    values = form.cleaned_data
    try:
        change = availability.set_range(
            diary.doctor,
            office=diary.office,
            day=day,
            first=values["first"],
            last=values["last"],
            free=values["make"] == "free",
            ticked=ticked,
            by=request.user,
        )
    except PortalError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _day_page(request, diary, day, range_form=form, ticked=ticked, status=error.status)
    tell_change(request, change)
    return redirect(_day_url(day, diary))


@require_http_methods(["GET", "HEAD", "POST"])
def schedule_copy(request, day: date):
    """The days to copy to; after copying, the result for each."""
    diary = own_diary(request)
    demand_within_reach(day, diary)
    form = CopyForm(_sent(request), source=day, today=diary.today)
    if request.method != "POST":
        return _copy_page(request, diary, day, form)
    if not form.is_valid():
        return _copy_page(request, diary, day, form, status=422)
    try:
        changes = availability.copy_day(
            diary.doctor,
            office=diary.office,
            source=day,
            targets=form.chosen_days(),
            by=request.user,
        )
    except PortalError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _copy_page(request, diary, day, form, status=error.status)
    results = [(target, change_text(change)) for target, change in changes.items()]
    context = {"diary": diary, "day": day, "results": results}
    return render(request, "diary/schedule/copied.html", context)


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
        "is_unsaved": ticked is not None,
        "step": settings.grid_minutes * 60,
    }
    return render_long(request, "diary/schedule/day.html", context, status=status)


def _unsaved_ticks(request) -> list[datetime] | None:
    """The ticked boxes at the time a range was set; a script sends them if they differ from the
    saved ones."""
    form = DayForm(request.POST if "ticks" in request.POST else None)
    return form.cleaned_data["free"] if form.is_valid() else None


def _copy_page(request, diary: Diary, day: date, form: CopyForm, *, status=200):
    glances = days_at_a_glance(diary.doctor, form.days[0], len(form.days), offices=diary.offices)
    source = days_at_a_glance(diary.doctor, day, 1, offices=diary.offices)[0]
    context = {
        "diary": diary,
        "day": day,
        "form": form,
        "source": source.at(diary.office),
        "targets": [(glance.day, glance.at(diary.office)) for glance in glances],
        "ticked": form.data.getlist("targets") if form.is_bound else [],
        "quick": form.data.getlist("quick") if form.is_bound else [],
    }
    return render(request, "diary/schedule/copy.html", context, status=status)


def _sent(request):
    """The posted values, also if there are none; None if this is not a POST."""
    return request.POST if request.method == "POST" else None


def _day_url(day: date, diary: Diary) -> str:
    return reverse("schedule-day", args=[day]) + diary.query


def _first_day(request, diary: Diary) -> date:
    """An invalid or impossible date means today."""
    try:
        first = date.fromisoformat(request.GET.get("from", ""))
    except ValueError:
        return diary.today
    return first if abs(first - diary.today) <= REACH else diary.today
