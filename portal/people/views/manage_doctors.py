"""The admins' queue of doctors: deciding, and correcting what they applied with (A02)."""

from collections.abc import Callable

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.enums import DoctorState
from portal.models import Doctor
from portal.people.forms.applications import ClinicFields, DecisionForm, QueueForm
from portal.people.queries import applications
from portal.people.rows import application_lines
from portal.people.services import approvals
from portal.web.context import for_request
from portal.web.fetch import demand_permission
from portal.web.links import page_links
from portal.web.pages import page_number
from portal.web.submitting import sent, submit

SERVICES: dict[str, Callable[..., Doctor]] = {
    "approve": approvals.approve,
    "decline": approvals.decline,
    "restore": approvals.restore,
}


@require_GET
def manage_doctors(request):
    demand_permission(request.user, "portal.approve_doctors")
    state = QueueForm(request.GET).wanted
    page = applications.page_of_applications(state, page_number(request.GET.get("page")))
    counts = applications.counted()
    tabs = [(one, one.label, counts.get(one.value, 0)) for one in DoctorState]
    context = {
        "lines": application_lines.lines(page.rows, state),
        "page": page,
        "state": state,
        "tabs": tabs,
        **page_links(request, page),
    }
    return render(request, "people/manage/doctors.html", context)


@require_GET
def manage_doctor(request, pk: int):
    return _review(request, _doctor(request, pk), DecisionForm())


@require_POST
def manage_doctor_decide(request, pk: int):
    doctor = _doctor(request, pk)
    form = DecisionForm(request.POST)

    def decide():
        service = SERVICES[form.cleaned_data["do"]]
        return service(doctor, note=form.cleaned_data["note"], by=request.user)

    submission = submit(form, decide)
    if not submission.is_done:
        return _review(request, _doctor(request, pk), form, status=submission.status)
    after = submission.made
    said = {"name": after.name, "state": after.get_state_display()}
    messages.success(request, _("%(name)s: %(state)s. The doctor is told.") % said)
    return redirect("manage-doctors")


@require_http_methods(["GET", "POST"])
def manage_doctor_correct(request, pk: int):
    doctor = _doctor(request, pk)
    currency = for_request(request).currency
    form = ClinicFields(sent(request), doctor=doctor, currency=currency)
    submission = submit(form, lambda: approvals.correct(doctor, by=request.user, **form.values))
    if submission.is_done:
        messages.success(request, _("Saved."))
        return redirect("manage-doctor", pk=doctor.pk)
    context = {"form": form, "doctor": doctor, "section": "manage-doctors"}
    return render(request, "people/manage/correct.html", context, status=submission.status)


def _doctor(request, pk: int) -> Doctor:
    demand_permission(request.user, "portal.approve_doctors")
    found = Doctor.objects.select_related("user", "specialty", "office", "decided_by")
    return get_object_or_404(found, pk=pk)


def _review(request, doctor: Doctor, form: DecisionForm, *, status: int = 200):
    """Five queries beside those of every page."""
    context = {
        "doctor": doctor,
        "form": form,
        "is_confirmed": applications.has_confirmed_address(doctor),
        "same_name": applications.same_name(doctor),
        "similar_licences": applications.similar_licences(doctor),
        "can_decide": doctor.can("approve"),
        "can_restore": doctor.can("restore_approval"),
        "can_withdraw": doctor.can("withdraw_approval"),
        "section": "manage-doctors",
    }
    return render(request, "people/manage/doctor.html", context, status=status)
