"""The clinic's settings, for admins: all of them with a search, and a form for each section (B18,
F02)."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django.views.decorators.vary import vary_on_headers

from portal.audit.queries.trail import clock
from portal.clinic.forms.clinic import ClinicSettingsForm
from portal.clinic.queries.setting_changes import last_changes
from portal.clinic.sections import BY_SLUG, SECTIONS, Section
from portal.clinic.services import clinic
from portal.clinic.views.settings_lines import (
    changed_words,
    found_sections,
    label_of,
    value_words,
)
from portal.errors import PortalError
from portal.models import ClinicSettings
from portal.web.context import for_request
from portal.web.fetch import demand_permission

LONGEST = 100  # characters of a question that are read


@require_GET
@vary_on_headers("HX-Request")
def clinic_settings(request):
    demand_permission(request.user, "portal.change_clinic")
    text = request.GET.get("q", "").strip()[:LONGEST]
    found = found_sections(text, for_request(request), last_changes(), _zone())
    context = {
        "q": text,
        "found": found,
        "n_found": sum(len(one.lines) for one in found),
        "sections": SECTIONS,
    }
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "clinic/settings.html#results", context)
    return render(request, "clinic/settings.html", context)


@require_http_methods(["GET", "POST"])
def clinic_settings_section(request, slug: str):
    demand_permission(request.user, "portal.change_clinic")
    section = BY_SLUG.get(slug)
    if section is None:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = ClinicSettingsForm(data, instance=ClinicSettings.current(), section=section)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            changes = clinic.change(by=request.user, **form.changes)
        except PortalError as error:
            form.add_error(error.field, str(error.message))
            status = error.status
        else:
            _tell(request, changes)
            return redirect("clinic-settings-section", slug)
    status = 422 if form.errors and status == 200 else status
    context = {
        "form": form,
        "fields": _with_changes(form, section),
        "section_shown": section,
        "sections": SECTIONS,
    }
    return render(request, "clinic/settings_section.html", context, status=status)


def _with_changes(form: ClinicSettingsForm, section: Section) -> list[tuple]:
    """(field, words about its last change)."""
    changes, zone = last_changes(), _zone()
    return [(form[name], changed_words(changes.get(name), zone)) for name in section.fields]


def _tell(request, changes: dict[str, list]) -> None:
    """Say what was changed, from what to what."""
    if not changes:
        messages.info(request, _("Nothing was changed."))
        return
    said = [
        f"{label_of(name)}: {value_words(before)} → {value_words(after)}"
        for name, (before, after) in changes.items()
    ]
    messages.success(request, _("Changed: %(changes)s.") % {"changes": "; ".join(said)})


def _zone() -> ZoneInfo:
    office = clock()
    return office.zone if office else ZoneInfo("UTC")
