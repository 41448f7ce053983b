"""Who looks after a patient, for the desk (requirement A14)."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.enums import Scope
from portal.errors import PortalError
from portal.household.forms.access import GrantForm
from portal.household.queries import household as queries
from portal.household.services import access as services
from portal.models import Patient
from portal.web.fetch import demand_permission, get_visible
from portal.web.refusals import add_refusal


@require_http_methods(["GET", "POST"])
def patient_household(request, pk: int):
    demand_permission(request.user, "portal.edit_patient")
    patient = get_visible(Patient.objects.select_related("user"), request.user, pk)
    form = GrantForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        typed = {name: form.cleaned_data[name] for name in ("email", "relation")}
        scopes = [Scope(one) for one in form.cleaned_data["scopes"]]
        try:
            made = services.grant(patient, scopes=scopes, by=request.user, **typed)
        except PortalError as error:
            add_refusal(form, error)
        else:
            said = _("%(user)s now looks after %(patient)s; both are told.")
            names = {"user": made.user.name if made.user else "", "patient": patient.name}
            messages.success(request, said % names)
            return redirect("patient-household", patient.pk)
    context = {
        "patient": patient,
        "form": form,
        "others": queries.looking_after(patient),
        "mine": queries.looked_after_by(patient.user) if patient.user else [],
    }
    status = 422 if form.errors else 200
    return render(request, "household/desk.html", context, status=status)
