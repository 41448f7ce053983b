"""Handing an appointment or a free slot over to a colleague (requirement B06)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.appointments.queries.appointments import with_people
from portal.diary.queries import transfers as queries
from portal.diary.services import transfers
from portal.diary.views.schedule_fetch import any_diary
from portal.enums import SlotState
from portal.errors import Forbidden, PortalError
from portal.models import Appointment, Doctor, Slot
from portal.slots.queries.closures import closure_of
from portal.web.fetch import get_visible
from portal.web.ids import id_of
from portal.web.links import kept_query
from portal.web.templatetags.clinic import when

MOST_NAME = 80


@require_http_methods(["GET", "HEAD", "POST"])
def appointment_transfer(request, pk: int):
    """The list of colleagues; `?name=` filters it. A POST hands the appointment over to the
    colleague `to`."""
    appointment = get_visible(with_people(Appointment.objects.all()), request.user, pk)
    if not request.user.has_perm("portal.transfer_appointment", appointment):
        raise PermissionDenied
    if not appointment.can("transfer") or appointment.has_started:
        messages.warning(request, _("This appointment cannot be handed over any more."))
        return redirect(appointment)
    if request.method != "POST":
        return _page(request, appointment, back=appointment.get_absolute_url())
    withdraw = request.POST.get("old") == "withdraw"
    try:
        to = _colleague(request)
        moved = transfers.transfer(
            appointment,
            to=to,
            withdraw=withdraw,
            despite_closure="despite_closure" in request.POST,
            by=request.user,
        )
    except Forbidden as error:
        raise PermissionDenied from error
    except PortalError as error:
        return _refused(request, pk, error)
    text = _("%(doctor)s has the appointment now. The patient is told.") % {"doctor": to.name}
    messages.success(request, text)
    sees_it = Appointment.objects.visible_to(request.user).filter(pk=moved.pk).exists()
    return redirect(moved if sees_it else reverse("appointments"))


def _refused(request, pk: int, error: PortalError):
    """The page as it is now; somebody else may have handed it over meanwhile."""
    people = with_people(Appointment.objects.visible_to(request.user))
    fresh = people.filter(pk=pk).first()
    if fresh is None:
        messages.warning(request, error.message)
        return redirect("appointments")
    return _page(request, fresh, back=fresh.get_absolute_url(), refusal=error)


@require_http_methods(["GET", "HEAD", "POST"])
def slot_transfer(request, pk: int):
    """The same for a free slot of the user's own diary, or for the desk of the diary of
    `?doctor=`."""
    diary = any_diary(request)
    back = f"{reverse('schedule-slots')}{diary.query}"
    slots = diary.doctor.slots.select_related("doctor", "doctor__specialty", "office")
    slot = get_visible(slots, request.user, pk)
    if not request.user.has_perm("portal.change_slot", slot):
        raise PermissionDenied
    if slot.state != SlotState.OPEN:
        messages.warning(request, _("Only a free time can be handed over by itself."))
        return redirect(back)
    if request.method != "POST":
        return _page(request, slot, back=back)
    try:
        to = _colleague(request)
        despite = "despite_closure" in request.POST
        transfers.transfer_slot(slot, to=to, despite_closure=despite, by=request.user)
    except Forbidden as error:
        raise PermissionDenied from error
    except PortalError as error:
        return _page(request, slot, back=back, refusal=error)
    text = _("%(when)s is in the diary of %(doctor)s now.")
    messages.success(request, text % {"when": when(slot), "doctor": to.name})
    return redirect(back)


def _colleague(request) -> Doctor:
    """Raises PortalError without one, Http404 for one who is not in the directory."""
    pk = id_of(request.POST.get("to"))
    if pk is None:
        raise PortalError(_("Choose who takes it over."), field="to")
    doctor = Doctor.objects.listed().filter(pk=pk).first()
    if doctor is None:
        raise Http404
    return doctor


def _page(request, thing: Appointment | Slot, *, back: str, refusal: PortalError | None = None):
    name = (request.POST.get("name") or request.GET.get("name") or "")[:MOST_NAME].strip()
    found = queries.colleagues(thing, name=name)
    chosen = id_of(request.POST.get("to"))
    context = {
        "thing": thing,
        "appointment": thing if isinstance(thing, Appointment) else None,
        "back": back,
        "refusal": refusal,
        "name": name,
        "kept": kept_query(request, "name"),
        "groups": _groups(found, chosen=chosen, is_search=bool(name)),
        "busy": [one for one in found if not one.can_take],
        "chosen": chosen,
        "closure": closure_of(thing.slot if isinstance(thing, Appointment) else thing),
        "despite_closure": "despite_closure" in request.POST,
        "withdraws": request.POST.get("old") == "withdraw",
        "specialty": thing.doctor.specialty,
        "section": "appointments" if isinstance(thing, Appointment) else "schedule",
    }
    status = refusal.status if refusal else 200
    return render(request, "appointments/transfer.html", context, status=status)


def _groups(
    found: list[queries.Colleague], *, chosen: int | None, is_search: bool
) -> list[tuple[str, list[queries.Colleague], bool, bool]]:
    """Colleagues who can take it: (heading, colleagues, whether shown at once, whether they are of
    the specialty). Other specialties are shown on request, or if there is nobody else."""
    able = [one for one in found if one.can_take]
    same = [one for one in able if one.is_same]
    others = [one for one in able if not one.is_same]
    shows_others = not same or is_search or chosen in {one.doctor.pk for one in others}
    groups = [
        (_("Of the same specialty"), same, True, True),
        (_("Other specialties"), others, shows_others, False),
    ]
    return [group for group in groups if group[1]]
