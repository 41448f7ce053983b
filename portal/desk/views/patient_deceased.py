"""The desk records that a patient has died (requirement A16)."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from portal.appointments.queries.appointments import with_people
from portal.appointments.queries.deceased import still_to_cancel
from portal.appointments.services import deceased
from portal.clock.today import today_for
from portal.desk.forms.patients import DeceasedForm
from portal.errors import PortalError
from portal.models import Patient
from portal.web.fetch import demand_permission, get_visible
from portal.web.submitting import press, sent, submit


@require_http_methods(["GET", "POST"])
def patient_deceased(request, pk: int):
    patient = _patient(request, pk)
    today = today_for(request.user)
    form = DeceasedForm(sent(request), today=today, initial={"deceased_on": patient.deceased_on})

    def record():
        deceased.record(patient, on=form.cleaned_data["deceased_on"], today=today, by=request.user)

    submission = submit(form, record)
    if submission.is_done:
        messages.success(request, _("Recorded. Nobody writes to this patient any more."))
        return redirect("patient-deceased", pk)
    context = {
        "patient": patient,
        "form": form,
        "coming": with_people(still_to_cancel(request.user, patient)),
    }
    return render(request, "desk/patients/deceased.html", context, status=submission.status)


@require_POST
def patient_deceased_cancel(request, pk: int):
    patient = _patient(request, pk)
    try:
        cancelled = deceased.cancel_coming(patient, by=request.user)
    except PortalError as error:
        messages.error(request, error.message)
    else:
        count = len(cancelled)
        said = ngettext(
            "%(n)s appointment is cancelled.", "%(n)s appointments are cancelled.", count
        )
        messages.success(request, said % {"n": count})
    return redirect("patient-deceased", pk)


@require_POST
def patient_deceased_undo(request, pk: int):
    patient = _patient(request, pk)
    said = _("The date is removed. What had ended does not begin again.")
    press(request, lambda: deceased.take_back(patient, by=request.user), said=said)
    return redirect("patient", pk)


def _patient(request, pk: int) -> Patient:
    demand_permission(request.user, "portal.edit_patient")
    return get_visible(Patient, request.user, pk)
