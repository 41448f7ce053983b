"""The page that lists what is erased and what stays, before somebody asks for it."""

from django.shortcuts import render
from django.urls import reverse

from portal.appointments.services import leaving
from portal.erasure.forms.asking import ReasonForm
from portal.erasure.queries import requests
from portal.errors import PortalError
from portal.models import Patient
from portal.web.context import for_request
from portal.web.ids import id_of


def seen_appointments(request) -> set[int]:
    found = map(id_of, request.POST.getlist("appointment"))
    return {one for one in found if one is not None}


def asking_page(
    request, patient: Patient, *, refusal: PortalError | None = None, form: ReasonForm | None = None
):
    """`form` is for admins who ask for somebody; `refusal` says why it was not done."""
    is_own = form is None
    context = {
        "patient": patient,
        "is_own": is_own,
        "section": "profile" if is_own else "manage",
        "back_url": reverse("profile") if is_own else patient.get_absolute_url(),
        "coming": leaving.coming_of(patient),
        "amounts": requests.amounts(patient),
        "days": for_request(request).erasure_wait_days,
        "form": form,
        "refusal": refusal,
    }
    refused = 422 if form is not None and form.errors else 200
    status = refusal.status if refusal else refused
    return render(request, "erasure/ask.html", context, status=status)
