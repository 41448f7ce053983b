"""The desk corrects what it keeps of a patient (requirement A16)."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.clock.today import today_for
from portal.errors import ChangedMeanwhile, PortalError
from portal.models import Patient
from portal.people.forms.patient_edit import PatientEditForm
from portal.people.queries.patient_data import FURTHER_PHONES, label_of
from portal.people.services import patient_changes
from portal.web.fetch import demand_permission, get_visible
from portal.web.refusals import add_refusal


@require_http_methods(["GET", "POST"])
def patient_edit(request, pk: int):
    demand_permission(request.user, "portal.edit_patient")
    patient = get_visible(Patient.objects.select_related("user"), request.user, pk)
    today = today_for(request.user)
    data = request.POST if request.method == "POST" else None
    form = PatientEditForm(data, patient=patient, today=today, region=None)
    if data is None:
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        patient_changes.update(patient, today=today, by=request.user, **form.values())
    except ChangedMeanwhile as error:
        return _compared(request, patient, today, error)
    except PortalError as error:
        add_refusal(form, error)
        return _page(request, form, status=error.status)
    messages.success(request, _("Saved."))
    return redirect(patient)


def _compared(request, patient: Patient, today, error: ChangedMeanwhile):
    """What was typed is kept; the next sending is compared with what is stored now."""
    stored = Patient.objects.select_related("user").get(pk=patient.pk)
    present = PatientEditForm(patient=stored, today=today, region=None)
    data = request.POST.copy()
    data["seen"] = present.initial["seen"]
    form = PatientEditForm(data, patient=stored, today=today, region=None)
    form.is_valid()
    changed = [
        (label_of(name), _shown(stored, name))
        for name in error.fields
        if name == FURTHER_PHONES or name in form.fields
    ]
    return _page(request, form, changed=changed, message=error.message, status=error.status)


def _shown(stored: Patient, name: str) -> str:
    if name == FURTHER_PHONES:
        return ", ".join(str(one) for one in stored.further_phones.all())
    if name == "language":
        return stored.language_name
    if name == "is_not_written_to":
        return _("yes") if stored.is_not_written_to else _("no")
    if name == "gender":
        return str(stored.get_gender_display())
    return str(getattr(stored, name) or "")


def _page(request, form: PatientEditForm, *, changed=None, message="", status: int = 200):
    context = {"form": form, "patient": form.patient, "changed": changed, "message": message}
    return render(request, "desk/patients/edit.html", context, status=status)
