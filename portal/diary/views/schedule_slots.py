"""The list of a doctor's slots, and removing a free one (requirement B05).

For the doctor, and with `?doctor=` for the desk."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from portal.diary.queries.schedule import SHOWN, SlotLine, own_slots, slot_line
from portal.diary.services import availability
from portal.diary.views.schedule_fetch import Diary, any_diary
from portal.errors import PortalError
from portal.web.context import for_request
from portal.web.fetch import get_visible
from portal.web.links import page_links
from portal.web.pages import page_number
from portal.web.templatetags.clinic import when


@require_GET
def schedule_slots(request):
    """Future slots; `?show=` is all, free or booked."""
    return _slots_page(request, any_diary(request))


@require_POST
@vary_on_headers("HX-Request")
def slot_remove(request, pk: int):
    """Responds with the slot's row as it is now, or redirects to the list."""
    diary = any_diary(request)
    slot = get_visible(diary.doctor.slots.select_related("doctor", "office"), request.user, pk)
    refusal = None
    try:
        availability.remove(slot, by=request.user)
    except PortalError as error:
        refusal = error
    status = refusal.status if refusal else 200
    if request.htmx:
        line = slot_line(slot, offices=diary.offices, settings=for_request(request))
        context = {"line": line, "diary": diary, "refusal": refusal, "new": True}
        context["several_zones"] = "zones" in request.POST
        return render(request, "diary/schedule/slots.html#row", context, status=status)
    if refusal:
        messages.error(request, refusal.message)
        return _slots_page(request, diary, status=status)
    messages.success(request, _("Removed: %(when)s.") % {"when": when(slot)})
    return redirect(f"{reverse('schedule-slots')}?{request.GET.urlencode()}")


def _slots_page(request, diary: Diary, *, status: int = 200):
    show = request.GET.get("show")
    show = show if show in SHOWN else "all"
    number = page_number(request.GET.get("page"))
    page = own_slots(
        diary.doctor,
        show=show,
        page=number,
        by=request.user,
        offices=diary.offices,
        settings=for_request(request),
    )
    context = {
        "diary": diary,
        "show": show,
        "tabs": [("all", _("All")), ("free", _("Free")), ("booked", _("Booked"))],
        "days": _by_day(page.rows),
        "several_zones": len({line.at.time_zone for line in page.rows}) > 1,
        "several_offices": len(diary.offices) > 1,
        "query": request.GET.urlencode(),
        "page": page,
        **page_links(request, page),
    }
    return render(request, "diary/schedule/slots.html", context, status=status)


def _by_day(lines: list[SlotLine]) -> list[tuple[str, list[SlotLine]]]:
    """Each day, as the office's calendar has it, once."""
    days: dict[str, list[SlotLine]] = {}
    for line in lines:
        days.setdefault(line.day, []).append(line)
    return list(days.items())
