"""On which days an office is closed: proposals and decisions (requirement B03)."""

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
from portal.diary.services import holidays
from portal.diary.services.holidays import Decided
from portal.enums import HolidayState, Role
from portal.errors import Forbidden, PortalError
from portal.models import Office, offices_of
from portal.web.choices import offices_run_by
from portal.web.fetch import demand_role
from portal.web.ids import id_of

DECISIONS = {"confirm": HolidayState.CONFIRMED, "ignore": HolidayState.IGNORED}


@require_http_methods(["GET", "HEAD", "POST"])
def office_holidays(request, pk: int):
    """The field `do` of a POST names the action: place, add, confirm, ignore, confirm-all. For
    staff who run the office; 404 for other staff of the desk."""
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
    try:
        decided = holidays.close(office, by=request.user, **form.cleaned_data)
    except PortalError as error:
        return _page(request, office, closing=_with(form, error), status=error.status)
    _tell(request, decided, is_closed=True)
    return redirect("office-holidays", office.pk)


def _decide(request, office: Office, wanted: str):
    chosen = [id_of(request.POST.get("holiday"))]
    if wanted == "confirm-all":
        wanted, chosen = "confirm", [id_of(one) for one in request.POST.getlist("proposed")]
    state = DECISIONS.get(wanted)
    ids = [one for one in chosen if one is not None]
    if state is None or not ids:
        messages.error(request, _("Choose what to do with which day."))
        return _page(request, office, status=422)
    try:
        decided = holidays.decide(office, holidays=ids, state=state, by=request.user)
    except PortalError as error:
        messages.error(request, error.message)
        return _page(request, office, status=error.status)
    _tell(request, decided, is_closed=state == HolidayState.CONFIRMED)
    return redirect("office-holidays", office.pk)


def _tell(request, decided: Decided, *, is_closed: bool) -> None:
    days = ", ".join(date_format(day, "j F") for day in decided.days[:3])
    if len(decided.days) > 3:
        days = ngettext("%(n)s day", "%(n)s days", len(decided.days)) % {"n": len(decided.days)}
    said = _("Closed: %(days)s.") if is_closed else _("Open as usual: %(days)s.")
    parts = [said % {"days": days}]
    for count, text in (
        (decided.removed, _("%(n)s free times went.")),
        (decided.added, _("%(n)s times came.")),
        (decided.kept, _("%(n)s booked times stay, and are listed on the doctors’ hours.")),
    ):
        if count:
            parts.append(text % {"n": count})
    level = messages.warning if decided.kept else messages.success
    level(request, " ".join(parts))


def _with(form, error: PortalError):
    form.add_error(error.field if error.field in form.fields else None, error.message)
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
