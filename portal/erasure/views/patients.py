"""An admin asks that a patient is erased who cannot do it themself (requirement A19)."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.erasure.forms.asking import ReasonForm
from portal.erasure.services import asking
from portal.erasure.views.listing import asking_page, seen_appointments
from portal.errors import PortalError
from portal.models import Patient
from portal.web.fetch import demand_permission, get_visible
from portal.web.refusals import add_refusal


@require_http_methods(["GET", "POST"])
def patient_erase(request, pk: int):
    demand_permission(request.user, "portal.manage_erasures")
    return _ask(request, get_visible(Patient.objects.select_related("user"), request.user, pk))


@reauthentication_required
def _ask(request, patient: Patient):
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return asking_page(request, patient, form=form)
    try:
        made = asking.ask(
            patient,
            seen=seen_appointments(request),
            reason=form.cleaned_data["reason"],
            by=request.user,
        )
    except PortalError as error:
        if error.field:
            add_refusal(form, error)
            return asking_page(request, patient, form=form)
        return asking_page(request, patient, form=form, refusal=error)
    told = {"name": patient.name, "day": date_format(made.due_on, "j F Y")}
    messages.success(request, _("%(name)s will be erased on %(day)s.") % told)
    return redirect(patient)
