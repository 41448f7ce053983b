"""Times off: the list, ending one early (requirement B19)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from portal.diary.forms.time_off import EndForm
from portal.diary.queries import time_off as queries
from portal.diary.services import time_off
from portal.diary.views.schedule_fetch import any_diary
from portal.enums import Role
from portal.errors import Forbidden, PortalError
from portal.models import TimeOff
from portal.web.links import page_links
from portal.web.pages import page_number, paged
from portal.web.refusals import add_refusal
from portal.web.templatetags.clinic import stretch


@require_GET
def times_off(request):
    """The present and future ones, and the past ones in pages. The desk chooses a doctor."""
    if request.user.role in (Role.ASSISTANT, Role.ADMIN) and "doctor" not in request.GET:
        doctors = queries.doctors_run_by(request.user)
        return render(
            request, "diary/time_off/choose.html", {"doctors": doctors, "section": "desk"}
        )
    diary = any_diary(request)
    mine, now = queries.times_off_of(diary.doctor), timezone.now()
    past = mine.filter(ends_at__lte=now)
    page = paged(past, page_number(request.GET.get("page")))
    coming = list(mine.filter(ends_at__gt=now).order_by("starts_at", "pk"))
    context = {
        "diary": diary,
        "now": now,
        "coming": coming,
        "past_count": past.count(),
        "page": page,
        "section": "schedule",
        **page_links(request, page),
    }
    return render(request, "diary/time_off/times_off.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def time_off_end(request, pk: int):
    """End it early, or cancel it."""
    diary = any_diary(request)
    away = get_object_or_404(queries.times_off_of(diary.doctor), pk=pk)
    zone, back = diary.doctor.office.zone, f"{reverse('times-off')}{diary.query}"
    if away.ends_at <= timezone.now():
        messages.warning(request, _("This time off is over."))
        return redirect(back)
    is_early = request.POST.get("what") != "back"
    form = EndForm(
        request.POST if request.method == "POST" and is_early else None,
        zone=zone,
        today=diary.today,
        initial=EndForm.values_of(away.ends_at, zone),
    )
    if request.method != "POST":
        return _end_page(request, diary, away, form)
    if is_early and not form.is_valid():
        return _end_page(request, diary, away, form, status=422)
    try:
        ended = time_off.cancel_time_off(
            away, ends_at=form.cleaned_data["ends_at"] if is_early else None, by=request.user
        )
    except Forbidden as error:
        raise PermissionDenied from error
    except PortalError as error:
        if is_early:
            add_refusal(form, error)
            return _end_page(request, diary, away, form, status=error.status)
        messages.error(request, error.message)
        return redirect(back)
    if ended.cancelled_at:
        messages.success(request, _("Taken back. Declare the times anew, or wait for your hours."))
    else:
        said = {"when": stretch(ended, diary.doctor.office)}
        messages.success(request, _("Away %(when)s now.") % said)
    return redirect(back)


def _end_page(request, diary, away: TimeOff, form: EndForm, *, status: int = 200):
    context = {
        "diary": diary,
        "away": away,
        "form": form,
        "has_begun": away.starts_at <= timezone.now(),
        "section": "schedule",
    }
    return render(request, "diary/time_off/end.html", context, status=status)
