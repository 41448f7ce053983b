"""Template context: the time that a visitor chose before signing in."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from django.utils.functional import SimpleLazyObject

from portal.enums import SlotState
from portal.models import Slot
from portal.web.ids import id_of


@dataclass(frozen=True)
class ChosenTime:
    slot: Slot
    is_free: bool  # still; nothing is held for who has not signed in


def chosen_time(request):
    """`chosen_time`: the slot to whose booking `next` leads, if visitors can or could see it in the
    list of free times; or None. Two queries, and only if a template uses it."""
    return {"chosen_time": SimpleLazyObject(lambda: _chosen(request))}


def _chosen(request) -> ChosenTime | None:
    path = request.POST.get("next") or request.GET.get("next") or ""
    try:
        match = resolve(urlsplit(path).path)
    except (Resolver404, ValueError):
        return None
    pk = id_of(str(match.kwargs.get("pk", ""))) if match.url_name == "slot-book" else None
    slot = pk and Slot.objects.public().select_related("doctor", "office").filter(pk=pk).first()
    if not slot:
        return None
    return ChosenTime(slot, slot.state == SlotState.OPEN)
