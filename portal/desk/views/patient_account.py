"""The desk gives a chart to an account, or takes it from the wrong one (requirement A09)."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts.queries.charts import account_of
from portal.accounts.services import linking
from portal.desk.forms.patients import AccountForm, UnlinkForm
from portal.errors import PortalError
from portal.models import Patient
from portal.web.fetch import demand_permission, get_visible
from portal.web.refusals import add_refusal


@require_http_methods(["GET", "POST"])
def patient_link(request, pk: int):
    """First the address is typed; then both sides are compared and confirmed."""
    patient = _patient(request, pk)
    if patient.user_id:
        messages.info(request, _("This patient has an account already."))
        return redirect(patient)
    data = request.POST if request.method == "POST" else None
    form = AccountForm(data)
    account = None
    if data is not None and form.is_valid():
        email = form.cleaned_data["email"]
        account = account_of(email)
        if account is None:
            form.add_error("email", _("No patient has an account with exactly this address."))
        elif "confirmed" in data:
            try:
                linking.link(patient, email=email, by=request.user)
            except PortalError as error:
                add_refusal(form, error)
            else:
                messages.success(request, _("The account is joined to this patient."))
                return redirect(patient)
    context = {"patient": patient, "form": form, "account": account}
    status = 422 if form.errors else 200
    return render(request, "desk/patients/link.html", context, status=status)


@require_http_methods(["GET", "POST"])
def patient_unlink(request, pk: int):
    patient = _patient(request, pk)
    if not patient.user_id:
        return redirect(patient)
    form = UnlinkForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            linking.unlink(patient, reason=form.cleaned_data["reason"], by=request.user)
        except PortalError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The account is taken from this patient."))
            return redirect(patient)
    context = {"patient": patient, "form": form}
    status = 422 if form.errors else 200
    return render(request, "desk/patients/unlink.html", context, status=status)


def _patient(request, pk: int) -> Patient:
    demand_permission(request.user, "portal.edit_patient")
    return get_visible(Patient.objects.select_related("user"), request.user, pk)
