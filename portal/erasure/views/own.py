"""A patient asks that their data are erased, or withdraws it (requirement A19)."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.enums import Role
from portal.erasure.queries import requests
from portal.erasure.services import asking
from portal.erasure.views.listing import asking_page, seen_appointments
from portal.errors import PortalError
from portal.models import Patient
from portal.web.fetch import demand_role


@require_http_methods(["GET", "POST"])
def own_erasure(request):
    """Staff read that an admin has to be asked. The password is asked for again before the list."""
    if not request.user.is_patient:
        if request.method == "POST":
            raise PermissionDenied
        return render(request, "erasure/staff.html")
    patient = Patient.objects.get(user=request.user)
    waiting = requests.waiting_of(patient)
    if waiting and request.method == "POST":
        return redirect("own-erasure")
    if waiting:
        return render(request, "erasure/waiting.html", {"waiting": waiting})
    return _ask(request, patient)


@reauthentication_required
def _ask(request, patient: Patient):
    if request.method == "GET":
        return asking_page(request, patient)
    try:
        asking.ask(patient, seen=seen_appointments(request), by=request.user)
    except PortalError as error:
        return asking_page(request, patient, refusal=error)
    return redirect("own-erasure")


@require_POST
def own_erasure_withdraw(request):
    demand_role(request.user, Role.PATIENT)
    waiting = requests.waiting_of(Patient.objects.get(user=request.user))
    try:
        if waiting:
            asking.withdraw(waiting, by=request.user)
    except PortalError as error:
        messages.error(request, str(error.message))
        return redirect("own-erasure")
    messages.success(request, _("Your request is withdrawn. Nothing is erased."))
    return redirect("profile")
