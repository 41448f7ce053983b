"""Who looks after a patient, for the desk (requirement A14)."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.household.forms.access import GrantForm
from portal.household.queries import household as queries
from portal.household.services import access as services
from portal.models import Patient
from portal.web.fetch import demand_permission, get_visible
from portal.web.submitting import sent, submit


@require_http_methods(["GET", "POST"])
def patient_household(request, pk: int):
    demand_permission(request.user, "portal.edit_patient")
    patient = get_visible(Patient.objects.select_related("user"), request.user, pk)
    form = GrantForm(sent(request))
    submission = submit(form, lambda: services.grant(patient, by=request.user, **form.values))
    if submission.is_done:
        said = _("%(user)s now looks after %(patient)s; both are told.")
        names = {"user": submission.made.user.name, "patient": patient.name}
        messages.success(request, said % names)
        return redirect("patient-household", patient.pk)
    context = {
        "patient": patient,
        "form": form,
        "others": queries.looking_after(patient),
        "mine": queries.looked_after_by(patient.user) if patient.user else [],
    }
    return render(request, "household/desk.html", context, status=submission.status)
