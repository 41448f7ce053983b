"""A doctor's weekly hours: view, change, preview, confirm (requirement B03)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.diary.forms.hours import ChangeBlockForm, EndForm, ExceptionForm, NewBlockForm
from portal.diary.queries import hours_page
from portal.diary.queries.hours_plan import Plan
from portal.diary.rows.hours_lines import done_text, minutes_a_week, preview_of, week_lines
from portal.diary.services import hours
from portal.diary.views.bulk_changes import keep_undo
from portal.diary.views.schedule_fetch import Diary, any_diary
from portal.enums import Role
from portal.errors import Forbidden, PortalError, StaleState
from portal.models import WeeklyHours
from portal.web.choices import offices_run_by
from portal.web.context import for_request
from portal.web.refusals import add_refusal
from portal.web.signed_in import SignedIn

CLOSED_SHOWN = 5


@require_GET
def hours_week(request):
    """The signed-in doctor's hours, or those of `?doctor=`; without it the desk chooses a
    doctor."""
    if request.user.role in (Role.ASSISTANT, Role.ADMIN) and not request.GET.get("doctor"):
        return _choose_doctor(request)
    diary = any_diary(request)
    blocks = hours_page.blocks_of(diary.doctor, diary.today, diary.places)
    minutes = minutes_a_week(blocks, diary.today)
    offices = {block.office_id for block in blocks} | {diary.doctor.office_id}
    context = {
        "diary": diary,
        "lines": week_lines(blocks, diary.today),
        "has_hours": bool(blocks),
        "several_offices": len(offices) > 1,
        "has_more_elsewhere": _has_more_elsewhere(diary),
        "total": f"{minutes // 60}:{minutes % 60:02}",
        "exceptions": hours_page.exception_days(diary.doctor, diary.today, diary.places),
        "closed": hours_page.next_closed(offices, diary.today)[:CLOSED_SHOWN],
        "conflicts": hours_page.conflicts(diary.doctor, request.user),
        "horizon": for_request(request).horizon_days,
        "section": "schedule" if diary.is_own else "desk",
    }
    return render(request, "diary/hours/hours.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def hours_new(request):
    """The weekday in `?weekday=` is ticked at the start."""
    diary = any_diary(request)
    page = _Page(request, diary, "diary/hours/block.html")
    if request.method != "POST":
        initial = {
            "office": diary.office.pk,
            "weekdays": [request.GET.get("weekday")],
            "minutes": diary.doctor.usual_minutes or for_request(request).grid_minutes,
            "every_weeks": 1,
            "valid_from": diary.today,
        }
        return page.show(NewBlockForm(initial=initial, offices=diary.places))
    form = NewBlockForm(request.POST, offices=diary.places)
    return page.run(
        form,
        lambda confirmed: hours.add(
            diary.doctor, blocks=form.blocks(), confirmed=confirmed, by=request.user
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def hours_change(request, pk: int):
    diary = any_diary(request)
    block = _block(diary, pk)
    page = _Page(request, diary, "diary/hours/block.html", {"stretch": block})
    if request.method != "POST":
        initial = ChangeBlockForm.initial_of(block, diary.today)
        return page.show(ChangeBlockForm(initial=initial, offices=diary.places))
    form = ChangeBlockForm(request.POST, offices=diary.places)
    return page.run(
        form,
        lambda confirmed: hours.change(
            block,
            first_day=form.cleaned_data["first_day"],
            confirmed=confirmed,
            by=request.user,
            **form.values(),
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def hours_end(request, pk: int):
    diary = any_diary(request)
    block = _block(diary, pk)
    page = _Page(request, diary, "diary/hours/end.html", {"stretch": block})
    if request.method != "POST":
        return page.show(EndForm(initial={"last_day": diary.today}))
    form = EndForm(request.POST)
    return page.run(
        form,
        lambda confirmed: hours.end(
            block,
            last_day=form.cleaned_data["last_day"],
            confirmed=confirmed,
            by=request.user,
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def hours_exception(request):
    diary = any_diary(request)
    page = _Page(request, diary, "diary/hours/exception.html")
    if request.method != "POST":
        form = ExceptionForm(
            initial={"office": diary.office.pk, "kind": "none"}, offices=diary.places
        )
        return page.show(form)
    form = ExceptionForm(request.POST, offices=diary.places)
    return page.run(
        form,
        lambda confirmed: hours.set_exception(
            diary.doctor,
            office=form.chosen_office,
            day=form.cleaned_data["day"],
            stretches=form.stretches(),
            confirmed=confirmed,
            by=request.user,
        ),
    )


@require_POST
def hours_exception_drop(request, day: date):
    """Deletes the exception on `day` at the diary's office (`?office=`)."""
    diary = any_diary(request)
    page = _Page(request, diary, "diary/hours/hours.html")
    return page.run(
        None,
        lambda confirmed: hours.drop_exception(
            diary.doctor, office=diary.office, day=day, confirmed=confirmed, by=request.user
        ),
    )


def _choose_doctor(request):
    offices = offices_run_by(request.user)
    doctors = hours_page.doctors_with_offices(offices)
    context = {"doctors": doctors, "offices": offices, "section": "desk"}
    return render(request, "diary/hours/choose.html", context)


def _has_more_elsewhere(diary: Diary) -> bool:
    """Whether there are hours at offices that the user does not run: one query for assistants."""
    if len(diary.places) == len(diary.offices):
        return False
    elsewhere = diary.doctor.weekly_hours.exclude(office__in=diary.places)
    return elsewhere.filter(Q(valid_until=None) | Q(valid_until__gte=diary.today)).exists()


def _block(diary: Diary, pk: int) -> WeeklyHours:
    """A block of the doctor that has not ended, at an office where the user may change it."""
    blocks = diary.doctor.weekly_hours.filter(office__in=diary.places)
    blocks = blocks.select_related("office", "doctor__office")
    block = get_object_or_404(blocks, pk=pk)
    if block.valid_until and block.valid_until < max(diary.today, block.valid_from):
        raise Http404
    return block


@dataclass
class _Page:
    """The three steps of each change of hours: a form, a preview, done."""

    request: SignedIn
    diary: Diary
    template: str
    context: dict | None = None

    def show(self, form, *, status: int = 200):
        context = {"diary": self.diary, "form": form, "section": self._section, "back": self._back}
        context |= {"several_offices": len(self.diary.offices) > 1, **(self.context or {})}
        return render(self.request, self.template, context, status=status)

    def run(self, form, act: Callable[[str | None], Plan]):
        """`act` makes the change if it gets the digest of the plan that was shown; otherwise it
        shows the plan."""
        if form is not None and "edit" in self.request.POST:
            return self.show(form)
        if form is not None and not form.is_valid():
            return self.show(form, status=422)
        confirmed = self.request.POST.get("confirmed") or None
        try:
            plan = act(confirmed)
        except Forbidden as error:
            raise PermissionDenied from error
        except PortalError as error:
            return self._refused(form, error, act, confirmed)
        if confirmed is None:
            return self._preview(plan)
        messages.success(self.request, done_text(plan), **keep_undo(plan.bulk))
        return redirect(self._back)

    def _refused(self, form, error: PortalError, act, confirmed: str | None):
        if confirmed and isinstance(error, StaleState):
            try:
                return self._preview(act(None), refusal=error)
            except PortalError as again:
                error = again
        if form is None:
            messages.error(self.request, error.message)
            return redirect(self._back)
        add_refusal(form, error)
        return self.show(form, status=error.status)

    def _preview(self, plan: Plan, *, refusal: PortalError | None = None):
        posted = self.request.POST.lists()
        hidden = ("csrfmiddlewaretoken", "confirmed", "edit")
        context = {
            "diary": self.diary,
            "preview": preview_of(plan, self.diary.offices, self.request.user),
            "values": [(name, one) for name, many in posted if name not in hidden for one in many],
            "action": self.request.get_full_path(),
            "may_edit": self.template != "diary/hours/hours.html",
            "refusal": refusal,
            "back": self._back,
            "section": self._section,
        }
        status = refusal.status if refusal else 200
        return render(self.request, "diary/hours/preview.html", context, status=status)

    @property
    def _back(self) -> str:
        query = "" if self.diary.is_own else f"?doctor={self.diary.doctor.pk}"
        return f"{reverse('hours')}{query}"

    @property
    def _section(self) -> str:
        return "schedule" if self.diary.is_own else "desk"
