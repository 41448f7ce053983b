"""Free slots of all doctors, for everyone (requirement B07)."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.utils.formats import date_format
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from portal.enums import PartOfDay
from portal.slots.forms.slots import SlotFilterForm
from portal.slots.patient_choice import (
    appointment_to_move,
    chosen_patient,
    is_staff,
    reader,
    whom_options,
)
from portal.slots.queries.slots import SORT_ORDERS, SlotRow, free_slots
from portal.slots.rows.slot_lines import groups_of, lines_of, offices_of
from portal.web import choices
from portal.web.context import for_request
from portal.web.links import page_links
from portal.web.long_tables import render_long
from portal.web.pages import Page, page_number
from portal.web.templatetags.clinic import zone_name


@login_not_required
@require_GET
@vary_on_headers("HX-Request")
def slots(request):
    settings = for_request(request)
    form = SlotFilterForm(request.GET)
    offices = choices.offices()
    moving = appointment_to_move(request) if is_staff(request.user) else None
    patient = None if moving else chosen_patient(request)
    free = partial(free_slots, settings=settings, offices=offices, by=reader(request))
    number = page_number(request.GET.get("page"))
    page = free(form.wanted, sort=form.sort_order, page=number)
    wanted: dict[str, Any] = {"patient": patient, "moving": moving}
    lines = lines_of(page.rows, offices, user=request.user, settings=settings, **wanted)
    context = {
        "form": form,
        **wanted,
        "kept_query": f"?move={moving.pk}"
        if moving
        else f"?patient={patient.pk}"
        if patient
        else "",
        "groups": groups_of(lines, form.sort_order),
        "by_day": form.sort_order == "time",
        "count": len(page),
        "first_otherwise": None if page.rows else _first_otherwise(request, form, free),
        "zones": sorted({zone_name(office) for office in offices_of(page.rows, offices)}),
        "page": page,
        **page_links(request, page),
    }
    if request.htmx and not request.htmx.history_restore_request:
        return render_long(request, "slots/slots.html#results", context)
    context |= _filter_choices(form, offices) | {"whom_options": whom_options(request, patient)}
    return render_long(request, "slots/slots.html", context)


def _first_otherwise(
    request, form: SlotFilterForm, free: Callable[..., Page[SlotRow]]
) -> dict | None:
    """What to offer if nothing matches: the first free time without the filters for dates and part
    of the day."""
    wanted = replace(form.wanted, first_day=None, last_day=None, part=None)
    rows = free(wanted).rows
    if not rows:
        return None
    data = request.GET.copy()
    for name in ("from", "to", "part", "page"):
        data.pop(name, None)
    return {"starts": date_format(rows[0].starts, "l j F, H:i"), "query": data.urlencode()}


def _filter_choices(form: SlotFilterForm, offices) -> dict:
    """Lists of (value, label, whether chosen); the template renders the options."""
    wanted = form.wanted
    doctors, specialties = choices.doctors_and_specialties()
    pairs = {
        "specialty": (specialties, wanted.specialty),
        "doctor": (doctors, wanted.doctor),
        "office": ([(office.pk, office.name) for office in offices], wanted.office),
        "part": (PartOfDay.choices, wanted.part),
        "sort": ([(key, label) for key, (label, _order) in SORT_ORDERS.items()], form.sort_order),
    }
    return {
        f"{name}_options": [(value, label, value == chosen) for value, label in options]
        for name, (options, chosen) in pairs.items()
    }
