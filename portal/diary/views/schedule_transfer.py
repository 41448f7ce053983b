"""Handing a whole day over to a colleague: what is possible, then all at once (B06)."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from portal.clock.grid import local_day
from portal.diary.queries import transfers as queries
from portal.diary.services import transfers
from portal.diary.views.schedule_fetch import Diary, any_diary, demand_within_reach
from portal.errors import Forbidden, PortalError
from portal.models import Doctor, Slot
from portal.slots.queries.closures import closure_at
from portal.web.ids import id_of
from portal.web.links import kept_query


@require_http_methods(["GET", "HEAD", "POST"])
def schedule_transfer(request, day: date):
    """`?to=` shows what that colleague can take; a POST hands it over."""
    diary = any_diary(request)
    demand_within_reach(day, diary)
    if not request.user.has_perm(
        "portal.change_slot", Slot(doctor=diary.doctor, office=diary.office)
    ):
        raise PermissionDenied
    to = _colleague(request)
    if request.method != "POST":
        return _page(request, diary, day, to)
    if to is None:
        refusal = PortalError(_("Choose who takes the day over."), field="to")
        return _page(request, diary, day, to, refusal=refusal)
    try:
        handed = transfers.transfer_day(
            diary.doctor,
            day=day,
            office=diary.office,
            to=to,
            withdraw=request.POST.get("old") != "free",
            partly="partly" in request.POST,
            despite_closure="despite_closure" in request.POST,
            by=request.user,
        )
    except Forbidden as error:
        raise PermissionDenied from error
    except PortalError as error:
        return _page(request, diary, day, to, refusal=error)
    _tell(request, handed, to)
    if handed.left:
        return redirect(f"{_url(day, diary)}{_joint(diary)}to={to.pk}")
    return redirect(_back(day, diary))


def _page(request, diary: Diary, day: date, to: Doctor | None, *, refusal=None):
    plan = queries.day_plan(diary.doctor, day, diary.office, to)
    others = queries.day_colleagues(diary.doctor)
    context = {
        "diary": diary,
        "day": day,
        "day_name": date_format(day, "l j F Y"),
        "plan": plan,
        "booked": sum(1 for item in plan.possible if item.appointment),
        "to": to,
        "kept": kept_query(request, "to"),
        "same": [one for one in others if one.specialty_id == diary.doctor.specialty_id],
        "others": [one for one in others if one.specialty_id != diary.doctor.specialty_id],
        "closure": closure_at(diary.office, local_day(day, diary.office.zone)[0]),
        "despite_closure": "despite_closure" in request.POST,
        "stays_free": request.POST.get("old") == "free",
        "refusal": refusal,
        "back": _back(day, diary),
        "section": "schedule",
    }
    return render(
        request, "diary/schedule/transfer.html", context, status=refusal.status if refusal else 200
    )


def _colleague(request) -> Doctor | None:
    pk = id_of(request.POST.get("to") or request.GET.get("to"))
    listed = Doctor.objects.listed().select_related("specialty")
    return get_object_or_404(listed, pk=pk) if pk is not None else None


def _tell(request, handed: transfers.DayHanded, to: Doctor) -> None:
    count = len(handed.appointments) + len(handed.slots)
    text = ngettext("%(n)s time went to %(doctor)s.", "%(n)s times went to %(doctor)s.", count) % {
        "n": count,
        "doctor": to.name,
    }
    if handed.appointments:
        told = len(handed.appointments)
        said = ngettext("%(n)s patient is told.", "%(n)s patients are told.", told)
        text = f"{text} {said % {'n': told}}"
    if handed.left:
        messages.warning(request, f"{text} {_('What could not go is listed here.')}")
    else:
        messages.success(request, text)


def _url(day: date, diary: Diary) -> str:
    return reverse("schedule-transfer", args=[day]) + diary.query


def _joint(diary: Diary) -> str:
    return "&" if diary.query else "?"


def _back(day: date, diary: Diary) -> str:
    """Back to the day's page for the doctor, and to the list of slots for the desk."""
    if diary.is_own:
        return reverse("schedule-day", args=[day]) + diary.query
    return reverse("schedule-slots") + diary.query
