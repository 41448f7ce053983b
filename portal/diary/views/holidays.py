"""On which days an office is closed: proposals and decisions (requirement B03)."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from portal.clock.today import today_at
from portal.diary.forms.holidays import ClosingForm, PlaceForm
from portal.diary.queries.holidays import coming_holidays
from portal.diary.queries.hours_page import appointments_on
from portal.diary.services import holidays
from portal.diary.services.closing_days import Decided
from portal.diary.views.bulk_changes import keep_undo
from portal.enums import HolidayState, Role
from portal.errors import Forbidden, PortalError, StaleState
from portal.models import Office, offices_of
from portal.web.choices import offices_run_by
from portal.web.fetch import demand_role
from portal.web.ids import id_of
from portal.web.refusals import add_refusal

DECISIONS = {"confirm": HolidayState.CONFIRMED, "ignore": HolidayState.IGNORED}


@require_http_methods(["GET", "HEAD", "POST"])
def office_holidays(request, pk: int):
    """The field `do` of a POST names the action: place, add, confirm, ignore, confirm-all. Changes
    of diaries are shown before they are made. For staff who run the office; 404 for other staff of
    the desk."""
    demand_role(request.user, Role.ASSISTANT, Role.ADMIN)
    office = get_object_or_404(Office.objects.filter(pk__in=offices_of(request.user)), pk=pk)
    if request.method != "POST":
        return _page(request, office)
    wanted = request.POST.get("do", "")
    try:
        if wanted == "place":
            return _set_place(request, office)
        if wanted == "add":
            return _add(request, office)
        return _decide(request, office, wanted)
    except Forbidden as error:
        raise PermissionDenied from error


def _set_place(request, office: Office):
    form = PlaceForm(request.POST, office=office)
    if not form.is_valid():
        return _page(request, office, place=form, status=422)
    country, region = form.cleaned_data["country"], form.cleaned_data.get("region", "")
    try:
        new = holidays.set_place(office, country=country, region=region, by=request.user)
    except PortalError as error:
        return _page(request, office, place=_with(form, error), status=error.status)
    said = ngettext("%(n)s holiday is proposed.", "%(n)s holidays are proposed.", new)
    messages.success(request, said % {"n": new} if country else _("No holidays are proposed."))
    return redirect("office-holidays", office.pk)


def _add(request, office: Office):
    form = ClosingForm(request.POST)
    if not form.is_valid():
        return _page(request, office, closing=form, status=422)
    if "edit" in request.POST:
        return _page(request, office, closing=form)

    def act(confirmed: str | None) -> Decided:
        values = form.cleaned_data
        return holidays.close(office, confirmed=confirmed, by=request.user, **values)

    try:
        return _looked_at(request, office, act, HolidayState.CONFIRMED)
    except PortalError as error:
        return _page(request, office, closing=_with(form, error), status=error.status)


def _decide(request, office: Office, wanted: str):
    if "edit" in request.POST:
        return redirect("office-holidays", office.pk)
    chosen = [id_of(request.POST.get("holiday"))]
    if wanted == "confirm-all":
        wanted, chosen = "confirm", [id_of(one) for one in request.POST.getlist("proposed")]
    state = DECISIONS.get(wanted)
    ids = [one for one in chosen if one is not None]
    if state is None or not ids:
        messages.error(request, _("Choose what to do with which day."))
        return _page(request, office, status=422)

    def act(confirmed: str | None) -> Decided:
        values = {"holidays": ids, "state": state, "by": request.user}
        return holidays.decide(office, confirmed=confirmed, **values)

    try:
        return _looked_at(request, office, act, state)
    except PortalError as error:
        messages.error(request, error.message)
        return _page(request, office, status=error.status)


def _looked_at(request, office: Office, act: Callable[[str | None], Decided], state: HolidayState):
    """`act` makes the change if it gets the digest of the effect that was shown; otherwise it shows
    the effect. If a day stays open as it is, there is nothing to show."""
    confirmed, refusal = request.POST.get("confirmed") or None, None
    try:
        decided = act(confirmed)
    except StaleState as error:
        if not confirmed:
            raise
        decided, confirmed, refusal = act(None), None, error
    if confirmed is None and (state == HolidayState.CONFIRMED or not decided.is_empty):
        return _preview(request, office, decided, state, refusal=refusal)
    if confirmed is None:
        decided = act(decided.digest)
    _tell(request, decided, is_closed=state == HolidayState.CONFIRMED)
    return redirect("office-holidays", office.pk)


def _preview(
    request,
    office: Office,
    decided: Decided,
    state: HolidayState,
    *,
    refusal: PortalError | None = None,
):
    posted = request.POST.lists()
    hidden = ("csrfmiddlewaretoken", "confirmed", "edit")
    booked = [slot.pk for slot in decided.booked]
    context = {
        "office": office,
        "decided": decided,
        "effects": [decided.effects[day] for day in decided.days],
        "asked_for": sum(one.asked_for for one in decided.effects.values()),
        "offered": sum(one.offered for one in decided.effects.values()),
        "booked": appointments_on(booked, request.user) if booked else [],
        "is_closing": state == HolidayState.CONFIRMED,
        "values": [(name, one) for name, many in posted if name not in hidden for one in many],
        "refusal": refusal,
        "section": "manage" if request.user.role == Role.ADMIN else "desk",
    }
    status = refusal.status if refusal else 200
    return render(request, "diary/hours/holidays_preview.html", context, status=status)


def _tell(request, decided: Decided, *, is_closed: bool) -> None:
    days = ", ".join(date_format(day, "j F") for day in decided.days[:3])
    if len(decided.days) > 3:
        days = ngettext("%(n)s day", "%(n)s days", len(decided.days)) % {"n": len(decided.days)}
    said = _("Closed: %(days)s.") if is_closed else _("Open as usual: %(days)s.")
    parts = [said % {"days": days}]
    for count, text in (
        (
            decided.removed,
            ngettext("%(n)s free time went.", "%(n)s free times went.", decided.removed),
        ),
        (decided.added, ngettext("%(n)s time came.", "%(n)s times came.", decided.added)),
        (
            decided.kept,
            ngettext(
                "%(n)s booked time stays: see the day.",
                "%(n)s booked times stay: see the days.",
                decided.kept,
            ),
        ),
    ):
        if count:
            parts.append(text % {"n": count})
    level = messages.warning if decided.kept else messages.success
    level(request, " ".join(parts), **keep_undo(decided.bulk))


def _with(form, error: PortalError):
    add_refusal(form, error)
    return form


def _page(
    request,
    office: Office,
    *,
    place: PlaceForm | None = None,
    closing: ClosingForm | None = None,
    status: int = 200,
):
    lines = coming_holidays(office, today_at(office))
    context = {
        "office": office,
        "lines": lines,
        "proposed": [line for line in lines if line.holiday.state == HolidayState.PROPOSED],
        "decided": [line for line in lines if line.holiday.state != HolidayState.PROPOSED],
        "place": place or PlaceForm(office=office),
        "closing": closing or ClosingForm(),
        "refused": place or closing,
        "offices": offices_run_by(request.user),
        "section": "manage" if request.user.role == Role.ADMIN else "desk",
    }
    return render(request, "diary/hours/holidays.html", context, status=status)
