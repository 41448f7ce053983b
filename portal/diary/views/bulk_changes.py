"""A change of many days: its effect, and the button that undoes it (requirements B02, B03, B19)."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from portal.diary.services import undoing
from portal.diary.services.bulk_changes import Undone
from portal.diary.views.schedule_words import counts_text
from portal.enums import BulkChangeKind
from portal.errors import Forbidden, PortalError
from portal.models import BulkChange, Slot
from portal.web.templatetags.clinic import when

NAMED = 5  # booked times that a message names


@require_GET
def bulk_change(request, pk: int):
    """For copies the effect on each day; for other changes the number of times added and
    removed."""
    change = _change(request, pk)
    context = {
        "change": change,
        "days": _days(change),
        "source": _source(change),
        "is_own": _is_own(change, request.user),
        "at_office": _at_office(change),
        "back": _back(change, request.user),
        "section": "manage" if change.office and not change.doctor else "schedule",
    }
    return render(request, "diary/schedule/bulk_change.html", context)


@require_POST
def bulk_undo(request, pk: int):
    change = _change(request, pk)
    try:
        undone = undoing.undo(change, by=request.user)
    except Forbidden as error:
        raise PermissionDenied from error
    except PortalError as error:
        messages.error(request, error.message)
    else:
        level = messages.warning if undone.booked or undone.lost else messages.success
        level(request, undone_text(undone, change))
    return redirect("bulk-change", pk)


def keep_undo(change: BulkChange | None) -> dict[str, str]:
    """Stores the change with the next message, so that it is shown with “Undo”; see web/undo.py."""
    return {"extra_tags": reverse("bulk-undo", args=[change.pk])} if change else {}


def undone_text(undone: Undone, change: BulkChange) -> str:
    """“Undone. 5 times removed, 1 is back. 2 are booked and stay: …”"""
    parts = [_("Undone.")]
    for count, text in (
        (undone.gone, ngettext("%(n)s time removed.", "%(n)s times removed.", undone.gone)),
        (undone.back, ngettext("%(n)s time is back.", "%(n)s times are back.", undone.back)),
        (
            undone.lost,
            ngettext(
                "%(n)s time cannot come back, because something else is there.",
                "%(n)s times cannot come back, because something else is there.",
                undone.lost,
            ),
        ),
    ):
        if count:
            parts.append(text % {"n": count})
    if undone.booked:
        named = ", ".join(when(slot) for slot in undone.booked[:NAMED])
        more = " …" if len(undone.booked) > NAMED else ""
        said = ngettext(
            "%(n)s is booked and stays: %(times)s.",
            "%(n)s are booked and stay: %(times)s.",
            len(undone.booked),
        )
        parts.append(said % {"n": len(undone.booked), "times": named + more})
    if change.facts.get("appointments"):
        parts.append(_("Appointments that were moved, handed over or cancelled stay so."))
    return " ".join(parts)


def _change(request, pk: int) -> BulkChange:
    if not request.user.is_staff:
        raise PermissionDenied
    rows = BulkChange.objects.select_related("doctor__user", "doctor__office", "office", "made_by")
    change = get_object_or_404(rows, pk=pk)
    may = _may(request.user, change)
    if not may:
        raise Http404
    return change


def _may(user, change: BulkChange) -> bool:
    """The same as `demand_diary_at`; for closed days, staff who run the office."""
    if change.doctor is None:
        return user.has_perm("portal.run_office", change.office)
    at = Slot(doctor=change.doctor, office=change.office or change.doctor.office)
    return user.has_perm("portal.change_diary", change.doctor) and user.has_perm(
        "portal.change_slot", at
    )


def _days(change: BulkChange) -> list[tuple[date, str]]:
    days, closed = change.facts.get("days", {}), change.facts.get("closed", {})
    if change.kind == BulkChangeKind.HOLIDAYS:
        return [(date.fromisoformat(day), "") for day in days]
    if change.kind != BulkChangeKind.COPY_DAY:
        return []
    said = {day: counts_text(**found) for day, found in days.items()}
    said |= {
        day: _("Closed, so nothing was copied: %(name)s.") % {"name": name}
        for day, name in closed.items()
    }
    return [(date.fromisoformat(day), said[day]) for day in sorted(said)]


def _source(change: BulkChange) -> date | None:
    source = change.facts.get("source")
    return source and date.fromisoformat(source)


def _is_own(change: BulkChange, user) -> bool:
    return change.doctor is not None and change.doctor.user_id == user.pk


def _at_office(change: BulkChange) -> str:
    """The query string for the doctor's days at that office."""
    if change.doctor is None or change.office_id in (None, change.doctor.office_id):
        return ""
    return f"?office={change.office_id}"


def _back(change: BulkChange, user) -> str:
    if change.doctor is None:
        return reverse("office-holidays", args=[change.office_id])
    is_own = _is_own(change, user)
    pages: dict[str, str] = {
        BulkChangeKind.HOURS: "hours",
        BulkChangeKind.TIME_OFF: "times-off",
    }
    page = pages.get(change.kind, "schedule" if is_own else "schedule-slots")
    return reverse(page) + ("" if is_own else f"?doctor={change.doctor_id}")
