"""Requests: the queue, accepting, declining, marking as seen (requirement B10)."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.appointments.forms.requests import DeclineForm
from portal.appointments.queries import requests as queries
from portal.appointments.queries.appointments import with_people
from portal.appointments.queries.no_shows import no_shows
from portal.appointments.services import requests as services
from portal.enums import AppointmentState, Role
from portal.errors import Forbidden, PortalError
from portal.models import Appointment, Slot
from portal.people.queries.doctors import of_user
from portal.web.fetch import demand_role, get_visible
from portal.web.ids import id_of
from portal.web.templatetags.clinic import when


@dataclass(frozen=True)
class Asker:
    """One patient who requests a slot, as the page shows them."""

    request: Appointment
    missed: str  # how often they stayed away; empty if never


@dataclass(frozen=True)
class Group:
    slot: Slot
    askers: list[Asker]


@require_GET
def requests(request):
    demand_role(request.user, Role.DOCTOR, Role.ASSISTANT, Role.ADMIN)
    return _page(request)


@require_POST
def request_accept(request, pk: int):
    """Redirects back to the page with the button: the queue, or the page of the appointment."""
    asked = _fetch(request, pk)
    others = queries.rivals_of(asked)
    try:
        accepted = services.accept(asked, by=request.user)
    except Forbidden as error:
        raise PermissionDenied from error
    except PortalError as error:
        return _page(request, refusal=error)
    messages.success(request, _accepted_words(accepted, others))
    return _back(request, accepted)


@require_http_methods(["GET", "POST"])
def request_decline(request, pk: int):
    asked = _fetch(request, pk)
    if not asked.can("decline"):
        messages.warning(request, _("This request has been answered already."))
        return redirect(asked)
    form = DeclineForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            services.decline(asked, by=request.user, reason=form.cleaned_data["reason"])
        except Forbidden as error:
            raise PermissionDenied from error
        except PortalError as error:
            return _page(request, refusal=error)
        messages.success(
            request,
            _("The request of %(patient)s for %(when)s is declined. They hear why.")
            % {"patient": asked.patient.name, "when": when(asked)},
        )
        return _back(request, asked)
    context = {"appointment": asked, "form": form, "back": _way_back(request), "section": SECTION}
    return render(
        request, "appointments/requests/decline.html", context, status=422 if form.errors else 200
    )


@require_POST
def requests_seen(request):
    """A script sends this once the page is shown; without JavaScript there is a button."""
    demand_role(request.user, Role.DOCTOR, Role.ASSISTANT, Role.ADMIN)
    shown = [pk for pk in map(id_of, request.POST.getlist("request")) if pk]
    visible = Appointment.objects.visible_to(request.user).select_related("doctor", "patient")
    unseen = visible.filter(pk__in=shown[: queries.SHOWN], seen_at=None)
    services.see(unseen.filter(state=AppointmentState.REQUESTED), by=request.user)
    return HttpResponse(status=204) if request.htmx else redirect("requests")


SECTION = "appointments"  # the item of the header that is current


def _fetch(request, pk: int) -> Appointment:
    found = get_visible(with_people(Appointment.objects.all()), request.user, pk)
    if not request.user.has_perm("portal.answer_request", found):
        raise PermissionDenied
    return found


def _page(request, *, refusal: PortalError | None = None):
    """The queue; `refusal` says why it is shown instead of what was asked for."""
    queue = queries.queue_of(request.user)
    asked = [one for group in queue.slots for one in group.requests]
    missed = no_shows(one.patient_id for one in asked)
    askers = {one.pk: Asker(one, _missed_words(missed.get(one.patient_id, 0))) for one in asked}
    context = {
        "groups": [
            Group(group.slot, [askers[one.pk] for one in group.requests]) for group in queue.slots
        ],
        "count": queue.count,
        "has_more": queue.has_more,
        "unseen": [one.pk for one in asked if one.seen_at is None],
        "confirms_at_once": not asked and request.user.is_doctor and _confirms_at_once(request),
        "refusal": refusal,
        "section": SECTION,
    }
    return render(
        request,
        "appointments/requests/queue.html",
        context,
        status=refusal.status if refusal else 200,
    )


def _confirms_at_once(request) -> bool:
    doctor = of_user(request.user)
    return doctor is not None and not doctor.on_request


def _missed_words(count: int) -> str:
    if not count:
        return ""
    words = ngettext("Stayed away %(n)s time in a year", "Stayed away %(n)s times in a year", count)
    return words % {"n": count}


def _accepted_words(accepted: Appointment, others: int) -> str:
    told = _("%(patient)s has the appointment on %(when)s.") % {
        "patient": accepted.patient.name,
        "when": when(accepted),
    }
    if not others:
        return told
    declined = ngettext(
        "The other request for that time is declined, with other times offered.",
        "The %(n)s other requests for that time are declined, with other times offered.",
        others,
    )
    return f"{told} {declined % {'n': others}}"


def _way_back(request) -> str:
    """The URL of the previous page, from the form or the link, if it belongs to the portal."""
    back = request.POST.get("back") or request.GET.get("back") or ""
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if is_ours else ""


def _back(request, appointment: Appointment):
    return redirect(_way_back(request) or appointment.get_absolute_url())
