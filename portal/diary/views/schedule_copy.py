"""Copying a day to others: choose them, see the effect, confirm (requirement B02)."""

from datetime import date

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.diary.forms.schedule import CopyForm
from portal.diary.queries.schedule import days_at_a_glance
from portal.diary.rows.copy_lines import preview_of
from portal.diary.services import day_copies
from portal.diary.services.day_copies import Copy
from portal.diary.views.schedule_fetch import Diary, demand_within_reach, own_diary
from portal.errors import PortalError, StaleState
from portal.web.refusals import add_refusal


@require_http_methods(["GET", "HEAD", "POST"])
def schedule_copy(request, day: date):
    """The form; then the effect on each day; after the confirmation the days are copied."""
    diary = own_diary(request)
    demand_within_reach(day, diary)
    sent = request.POST if request.method == "POST" else None
    form = CopyForm(sent, source=day, today=diary.today)
    if sent is None or "edit" in sent:
        return _page(request, diary, day, form)
    if not form.is_valid():
        return _page(request, diary, day, form, status=422)
    confirmed = request.POST.get("confirmed") or None
    try:
        copy = _copy(request, diary, day, form, confirmed)
    except StaleState as error:
        copy = _copy(request, diary, day, form, None)
        return _preview(request, diary, day, form, copy, refusal=error)
    except PortalError as error:
        add_refusal(form, error)
        return _page(request, diary, day, form, status=error.status)
    if confirmed is None:
        return _preview(request, diary, day, form, copy)
    if copy.bulk is None:
        messages.info(request, _("Nothing has changed."))
        return redirect(reverse("schedule-day", args=[day]) + diary.query)
    return redirect("bulk-change", copy.bulk.pk)


def _copy(request, diary: Diary, day: date, form: CopyForm, confirmed: str | None) -> Copy:
    return day_copies.copy_day(
        diary.doctor,
        office=diary.office,
        source=day,
        targets=form.chosen_days(),
        confirmed=confirmed,
        by=request.user,
    )


def _page(request, diary: Diary, day: date, form: CopyForm, *, status=200):
    glances = days_at_a_glance(diary.doctor, form.days[0], len(form.days), offices=diary.offices)
    source = days_at_a_glance(diary.doctor, day, 1, offices=diary.offices)[0]
    context = {
        "diary": diary,
        "day": day,
        "form": form,
        "source": source.at(diary.office),
        "targets": [(glance.day, glance.at(diary.office)) for glance in glances],
        "ticked": form["targets"].value() or [],
        "quick": form["quick"].value() or [],
    }
    return render(request, "diary/schedule/copy.html", context, status=status)


def _preview(
    request,
    diary: Diary,
    day: date,
    form: CopyForm,
    copy: Copy,
    *,
    refusal: PortalError | None = None,
):
    context = {
        "diary": diary,
        "day": day,
        "preview": preview_of(copy, request.user),
        "values": [(name, one) for name in ("targets", "quick") for one in form[name].value()],
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "diary/schedule/copy_preview.html", context, status=status)
