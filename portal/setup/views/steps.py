"""The set-up of a clinic: a list of steps, and a page for each (requirement A15).

Each step can be left and come back to. Once the set-up is finished, its pages lead to the
dashboard.
"""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.clinic.forms.offices import OfficeForm, SpecialtyForm
from portal.clinic.services import clinic, offices, specialties
from portal.clock.today import today_at, today_of_clinic
from portal.models import ClinicSettings, Doctor
from portal.setup.forms.steps import ClinicForm, DoctorForm, HoursForm
from portal.setup.queries.missing import Step, first_free, missing
from portal.setup.services import set_up
from portal.web.context import for_request
from portal.web.fetch import demand_permission
from portal.web.submitting import sent, submit


def _while_setting_up(view: Callable) -> Callable:
    """For admins, and only until the set-up is finished."""

    @wraps(view)
    def guarded(request):
        demand_permission(request.user, "portal.change_clinic")
        if for_request(request).set_up_at:
            return redirect("dashboard")
        return view(request)

    return guarded


@require_GET
@_while_setting_up
def setup(request):
    settings = for_request(request)
    found = missing(request.user, settings)
    steps = found.steps if found else []
    context = {
        "missing": found,
        "steps": [(step, step not in steps) for step in Step],
        "first": None if steps else first_free(settings),
    }
    return render(request, "setup/setup.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@_while_setting_up
def setup_clinic(request):
    present = ClinicSettings.current()
    initial = {} if present.time_zone else {"name": ""}
    form = ClinicForm(sent(request), instance=present, initial=initial)
    return _step(
        request, Step.CLINIC, form, lambda: clinic.change(by=request.user, **form.cleaned_data)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@_while_setting_up
def setup_office(request):
    settings = for_request(request)
    initial = {"time_zone": settings.time_zone, "phone": settings.phone, "name": settings.name}
    form = OfficeForm(sent(request), initial=initial if settings.time_zone else None)
    return _step(request, Step.OFFICE, form, lambda: offices.add(by=request.user, **form.values()))


@require_http_methods(["GET", "HEAD", "POST"])
@_while_setting_up
def setup_specialty(request):
    form = SpecialtyForm(sent(request))
    return _step(
        request,
        Step.SPECIALTY,
        form,
        lambda: specialties.add(by=request.user, **form.cleaned_data),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@_while_setting_up
def setup_doctor(request):
    """Needs an office and a specialty."""
    settings = for_request(request)
    if before := _before(request, Step.DOCTOR):
        return before
    year = today_of_clinic().year
    form = DoctorForm(sent(request), year=year, currency=settings.currency)
    return _step(
        request, Step.DOCTOR, form, lambda: set_up.add_doctor(by=request.user, **form.values())
    )


@require_http_methods(["GET", "HEAD", "POST"])
@_while_setting_up
def setup_hours(request):
    """The usual week of the first doctor."""
    if before := _before(request, Step.HOURS):
        return before
    doctor = Doctor.objects.listed().select_related("office", "user").order_by("pk")[0]
    initial = {
        "office": doctor.office_id,
        "weekdays": [*range(5)],
        "starts": "09:00",
        "ends": "17:00",
        "minutes": for_request(request).grid_minutes,
        "valid_from": today_at(doctor.office),
    }
    form = HoursForm(sent(request), initial=initial, offices=[doctor.office])

    def save():
        plan = set_up.add_hours(doctor, blocks=form.blocks(), by=request.user)
        if not plan.added:
            messages.warning(request, _("No time came of it: see the weekly hours."))

    return _step(request, Step.HOURS, form, save, doctor=doctor)


@require_POST
@_while_setting_up
def setup_finish(request):
    set_up.finish(by=request.user)
    messages.success(request, _("The set-up is finished. All of it can be changed under Manage."))
    return redirect("dashboard")


def _step(request, step: Step, form, save: Callable[[], object], **context):
    """The page of a step; a saved one leads to the list, which names the next."""
    submission = submit(form, save)
    if submission.is_done:
        return redirect("setup")
    context |= {"form": form, "step": step, "number": list(Step).index(step) + 1}
    return render(request, "setup/step.html", context, status=submission.status)


def _before(request, step: Step):
    """Leads to an earlier step that has to be done first."""
    found = missing(request.user, for_request(request))
    steps = list(Step)[1 : list(Step).index(step)]
    first = next((one for one in steps if found and one in found.steps), None)
    return redirect(first.value) if first else None
