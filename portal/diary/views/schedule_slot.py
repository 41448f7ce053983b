"""One slot: adding it, editing it (requirements B04, B05, B24)."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.diary.forms.single_slot import SlotForm
from portal.diary.services import slots
from portal.diary.views.schedule_fetch import Diary, any_diary
from portal.enums import SlotState
from portal.errors import ClosedDay, Forbidden, PortalError
from portal.models import Slot
from portal.web.context import for_request
from portal.web.days import day_in_url
from portal.web.fetch import get_visible
from portal.web.refusals import add_refusal
from portal.web.templatetags.clinic import when


@require_http_methods(["GET", "HEAD", "POST"])
def slot_new(request):
    """A doctor adds a slot, or the desk does for `?doctor=`; `?day=` is the initial date."""
    diary = any_diary(request)
    options: dict[str, Any] = {"offices": diary.places, "today": _earliest(diary)}
    if request.method != "POST":
        initial = {"office": diary.office.pk, "day": _day(request, diary)}
        return _page(request, diary, SlotForm(initial=initial, **options))
    form = SlotForm(request.POST, **options)
    if not form.is_valid():
        return _page(request, diary, form, status=422)
    try:
        made = slots.create_slot(diary.doctor, by=request.user, **_values(form))
    except Forbidden as error:
        raise PermissionDenied from error
    except PortalError as error:
        return _refused(request, diary, form, error)
    messages.success(request, _("Added: %(when)s.") % {"when": when(made)})
    if "another" in request.POST:
        return redirect(f"{reverse('slot-new')}{_with_day(diary, form)}")
    return redirect(_day_of(made, diary))


@require_http_methods(["GET", "HEAD", "POST"])
def slot_edit(request, pk: int):
    """Edits time, note and audience of a free slot; of any other slot, only the note."""
    diary = any_diary(request)
    slot = get_visible(diary.doctor.slots.select_related("doctor", "office"), request.user, pk)
    if not request.user.has_perm("portal.change_slot", slot):
        raise PermissionDenied
    if slot.state == SlotState.WITHDRAWN:
        messages.warning(request, _("That time was removed before."))
        return redirect(f"{reverse('schedule-slots')}{diary.query}")
    options = {
        "offices": diary.places,
        "today": _earliest(diary),
        "initial": SlotForm.values_of(slot),
        "only_note": slot.state != SlotState.OPEN,
    }
    if request.method != "POST":
        return _page(request, diary, SlotForm(**options), slot=slot)
    form = SlotForm(request.POST, **options)
    if not form.is_valid():
        return _page(request, diary, form, slot=slot, status=422)
    values = _values(form)
    if options["only_note"]:  # exactly as it stands
        values |= {"starts_at": slot.starts_at, "ends_at": slot.ends_at, "office": slot.office}
    try:
        edited = slots.edit_slot(slot, by=request.user, **values)
    except Forbidden as error:
        raise PermissionDenied from error
    except PortalError as error:
        return _refused(request, diary, form, error, slot=slot)
    messages.success(request, _("Saved: %(when)s.") % {"when": when(edited)})
    return redirect(_day_of(edited, diary))


def _page(request, diary: Diary, form: SlotForm, *, slot: Slot | None = None, status: int = 200):
    context = {
        "diary": diary,
        "form": form,
        "slot": slot,
        "asks": form.asks,
        "release": for_request(request).same_day_release_at,
        "may_transfer": slot is not None and slot.state == SlotState.OPEN,
        "several_offices": len(form.offices) > 1,
    }
    return render(request, "diary/schedule/slot.html", context, status=status)


def _refused(request, diary: Diary, form: SlotForm, error: PortalError, **context):
    add_refusal(form, error)
    if isinstance(error, ClosedDay):
        form.asks.add("despite_closure")
    return _page(request, diary, form, status=error.status, **context)


def _values(form: SlotForm) -> dict:
    values = form.cleaned_data
    return {
        "office": form.offices[values["office"]],
        "starts_at": values["starts_at"],
        "ends_at": values["ends_at"],
        "note": values["note"],
        "audience": values["audience"],
        "despite_closure": values["despite_closure"],
    }


def _day_of(slot: Slot, diary: Diary) -> str:
    """The day that the slot is on: the doctor's own, or for the desk the sheet of that day."""
    day = slot.starts_at.astimezone(slot.office.zone).date()
    if diary.is_own:
        at = "" if slot.office_id == diary.doctor.office_id else f"?office={slot.office_id}"
        return reverse("schedule-day", args=[day]) + at
    query = {"day": day.isoformat(), "office": slot.office_id, "doctor": slot.doctor_id}
    return f"{reverse('desk')}?{urlencode({**query, 'view': 'columns'})}"


def _earliest(diary: Diary) -> date:
    """The earliest date that is not past at some office; the service checks the exact time."""
    return diary.today - timedelta(days=1)


def _day(request, diary: Diary) -> date:
    return day_in_url(request) or diary.today


def _with_day(diary: Diary, form: SlotForm) -> str:
    joint = "&" if diary.query else "?"
    return f"{diary.query}{joint}day={form.cleaned_data['day'].isoformat()}"
