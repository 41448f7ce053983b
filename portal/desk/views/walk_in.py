"""Booking a walk-in patient: choose the patient, then the doctor and time (requirement B21)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.appointments.queries.appointments import with_people
from portal.desk.forms.walk_ins import WalkInForm
from portal.desk.queries.walk_ins import openings
from portal.desk.rows.walk_in_words import booked_words, wait_of
from portal.desk.services import walk_ins
from portal.desk.views.at_desk import AtDesk, for_walk_in
from portal.errors import Forbidden, PortalError
from portal.models import Appointment, Slot
from portal.web.context import for_request
from portal.web.fetch import get_visible
from portal.web.ids import id_of
from portal.web.undo import success_with_undo, way_back


@require_http_methods(["GET", "POST"])
@for_walk_in
def walk_in(request, at: AtDesk):
    """The next free slot today of each doctor at the desk's office, each with a button that books
    it; with `others` those at the user's other offices, where the patient is not marked as arrived.
    """
    if request.method == "GET":
        return _page(request, at, WalkInForm())
    form, slot = WalkInForm(request.POST), id_of(request.POST.get("slot"))
    if slot is None:
        form.add_error(None, _("Choose a doctor’s time."))
    if slot is None or not form.is_valid():
        return _page(request, at, form, status=422)
    typed = form.cleaned_data
    slot = get_visible(Slot, request.user, slot)
    try:
        made = walk_ins.book_free(
            slot.pk,
            patient_id=at.patient.pk,
            reason=typed["reason"],
            arrived=typed["here"],
            at=at.office.pk if at.office else None,
            form_token=typed["token"],
            by=request.user,
        )
    except Slot.DoesNotExist as error:
        raise Http404 from error
    except Forbidden as error:
        raise PermissionDenied from error
    except PortalError as error:
        return _page(request, at, form, refusal=error)
    return walked_in(request, made, at)


def walked_in(request, made: Appointment, at: AtDesk):
    """Back to the desk of that office, with a message and the Undo button."""
    at.keep(request)
    text = booked_words(made, names_office=made.office != at.office)
    success_with_undo(request, text, reverse("walk-in-undo", args=[made.pk]))
    return redirect(reverse("desk") + at.office_query)


@require_POST
def walk_in_undo(request, pk: int):
    """The Undo button in the message after a walk-in."""
    appointment = get_visible(with_people(Appointment.objects.all()), request.user, pk)
    try:
        walk_ins.undo(appointment, by=request.user)
    except Forbidden as error:
        raise PermissionDenied from error
    except PortalError as error:
        messages.warning(request, error.message)
    else:
        said = {"patient": appointment.patient.name, "doctor": appointment.doctor.name}
        text = _("Taken back: %(patient)s is not booked with %(doctor)s.")
        messages.success(request, text % said)
    return redirect(way_back(request, appointment.get_absolute_url()))


def _page(request, at: AtDesk, form, *, refusal: PortalError | None = None, status: int = 200):
    shows_others = bool(at.others) and "others" in (request.POST or request.GET)
    shown = at.others if shows_others else [at.office] if at.office else []
    found = openings(shown, minutes=for_request(request).grid_minutes)
    if shows_others:  # who is not there gets no time beside the doctor's
        found = [one for one in found if one.slot_id]
    now = timezone.now()
    context = at.context() | {
        "form": form,
        "refusal": refusal,
        "shows_others": shows_others,
        "has_others": bool(at.others),
        "own_url": at.url(),
        "others_url": at.url(others=1),
        "shows_zone": shows_others and len({one.time_zone for one in at.offices}) > 1,
        "openings": [
            (
                one,
                wait_of(one, now),
                "" if shows_others else at.url("walk-in-extra", doctor=one.doctor_id),
            )
            for one in found
        ],
    }
    status = refusal.status if refusal else status
    return render(request, "desk/walk_in.html", context, status=status)
