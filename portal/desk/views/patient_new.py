"""The desk enters a patient who phones or walks in, as a step of a booking (requirement A09)."""

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.appointments.rows.appointment_lines import birthday, phone
from portal.clock.today import today_at, today_for
from portal.errors import LikelyDuplicate, PortalError
from portal.models import Slot
from portal.people.forms.patients import NewPatientForm, typed_in
from portal.people.queries.duplicates import Likely
from portal.people.services import patients
from portal.web.fetch import demand_permission, get_visible
from portal.web.ids import id_of
from portal.web.refusals import add_refusal

LONGEST = 100  # characters of what was typed that are read


@require_http_methods(["GET", "POST"])
def patient_new(request):
    """`?slot=<id>` or `?walk_in=1` says for what the patient is entered; the page passes it on."""
    demand_permission(request.user, "portal.add_patient")
    slot = _slot(request)
    today = today_at(slot.office) if slot else today_for(request.user)
    options: dict[str, Any] = {"today": today, "region": slot.office.country if slot else None}
    if request.method == "GET":
        text = request.GET.get("q", "").strip()[:LONGEST]
        return _page(request, NewPatientForm(initial=typed_in(text), **options), slot)
    form = NewPatientForm(request.POST, **options)
    if not form.is_valid():
        return _page(request, form, slot, status=422)
    typed = form.cleaned_data
    try:
        patient = patients.enter(
            typed["name"],
            phone=typed["phone"],
            date_of_birth=typed["date_of_birth"],
            birth_year_about=typed["birth_year_about"],
            email=typed["email"],
            today=today,
            confirmed_not=[pk for one in request.POST.getlist("not") if (pk := id_of(one))],
            form_token=typed["token"],
            by=request.user,
        )
    except LikelyDuplicate as question:
        return _page(request, form, slot, likely=question.patients)
    except PortalError as error:
        add_refusal(form, error)
        if error.status == 409:
            form.data = request.POST.dict() | {"token": str(uuid4())}
        return _page(request, form, slot, status=error.status)
    messages.success(request, _("%(name)s is entered as a patient.") % {"name": patient.name})
    return redirect(_onward(request, patient.pk))


def _slot(request) -> Slot | None:
    chosen = id_of(request.GET.get("slot"))
    slots = Slot.objects.select_related("doctor", "office")
    return get_visible(slots, request.user, chosen) if chosen else None


def _onward(request, patient: int) -> str:
    """The URL of the interrupted booking, or else of the patient's page."""
    query = f"?patient={patient}"
    if slot := id_of(request.GET.get("slot")):
        return reverse("slot-book", args=[slot]) + query
    if "walk_in" in request.GET:
        office = id_of(request.GET.get("office"))
        return reverse("walk-in") + query + (f"&office={office}" if office else "")
    return reverse("patient", args=[patient])


def _back(request) -> str:
    """The URL for choosing an existing patient."""
    office = id_of(request.GET.get("office"))
    query = "?" + urlencode(
        {"q": request.GET.get("q", "")} | ({"office": office} if office else {})
    )
    if slot := id_of(request.GET.get("slot")):
        return reverse("slot-book", args=[slot]) + query
    return reverse("walk-in" if "walk_in" in request.GET else "patients") + query


def _page(request, form, slot: Slot | None, *, likely: list[Likely] | None = None, status=200):
    context = {
        "form": form,
        "slot": slot,
        "own_url": request.get_full_path(),
        "back_url": _back(request),
        "likely": [_line(request, one) for one in likely or ()],
    }
    return render(request, "desk/patients/new.html", context, status=status)


def _line(request, one: Likely) -> dict:
    return {
        "pk": one.pk,
        "name": one.name,
        "born": birthday(one.born, one.born_about) or _("date of birth not known"),
        "phone": phone(one.phone) or _("no phone"),
        "visit": date_format(one.last_visit, "j M Y") if one.last_visit else "",
        "url": _onward(request, one.pk),
    }
