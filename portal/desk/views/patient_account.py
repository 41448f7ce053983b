"""The desk gives a chart to an account, or takes it from the wrong one (requirement A09)."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts.queries.charts import account_of
from portal.accounts.services import linking
from portal.desk.forms.patients import AccountForm, UnlinkForm
from portal.models import Patient
from portal.web.fetch import demand_permission, get_visible
from portal.web.submitting import sent, submit


@require_http_methods(["GET", "POST"])
def patient_link(request, pk: int):
    """First the address is typed; then both sides are compared and confirmed."""
    patient = _patient(request, pk)
    if patient.user_id:
        messages.info(request, _("This patient has an account already."))
        return redirect(patient)
    form = AccountForm(sent(request))
    account = None
    if form.is_bound and form.is_valid():
        account = account_of(form.cleaned_data["email"])
        if account is None:
            form.add_error("email", _("No patient has an account with exactly this address."))
    status = 422 if form.errors else 200
    if account and "confirmed" in request.POST:
        submission = submit(
            form, lambda: linking.link(patient, by=request.user, **form.cleaned_data)
        )
        if submission.is_done:
            messages.success(request, _("The account is joined to this patient."))
            return redirect(patient)
        status = submission.status
    context = {"patient": patient, "form": form, "account": account}
    return render(request, "desk/patients/link.html", context, status=status)


@require_http_methods(["GET", "POST"])
def patient_unlink(request, pk: int):
    patient = _patient(request, pk)
    if not patient.user_id:
        return redirect(patient)
    form = UnlinkForm(sent(request))
    submission = submit(form, lambda: linking.unlink(patient, by=request.user, **form.cleaned_data))
    if submission.is_done:
        messages.success(request, _("The account is taken from this patient."))
        return redirect(patient)
    context = {"patient": patient, "form": form}
    return render(request, "desk/patients/unlink.html", context, status=submission.status)


def _patient(request, pk: int) -> Patient:
    demand_permission(request.user, "portal.edit_patient")
    return get_visible(Patient.objects.select_related("user"), request.user, pk)
