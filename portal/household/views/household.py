"""“Household”: whom I look after, and who looks after me (requirement A14)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from portal.clock.today import latest_today
from portal.enums import Role, Scope
from portal.errors import PortalError
from portal.household.forms.access import AskForm, ChangeForm, ChildForm, OfferForm
from portal.household.queries import household as queries
from portal.household.services import access as services
from portal.household.services import asking, children
from portal.models import Patient, ProxyAccess
from portal.web.context import for_request
from portal.web.fetch import demand_role, get_visible
from portal.web.refusals import add_refusal

SECTION = {"section": "household"}  # of the header's navigation; the URLs' names are like others


@require_GET
def household(request):
    demand_role(request.user, Role.PATIENT)
    context = {
        "mine": queries.looked_after_by(request.user),
        "others": queries.looking_after(Patient.objects.get(user=request.user)),
    }
    return render(request, "household/household.html", context)


@require_http_methods(["GET", "POST"])
def household_offer(request):
    """Somebody else is to look after the user."""
    demand_role(request.user, Role.PATIENT)
    form = OfferForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        patient = Patient.objects.get(user=request.user)
        try:
            made = services.offer(patient, by=request.user, **_typed(form))
        except PortalError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("We have written to %(email)s.") % {"email": made.email})
            return redirect("household")
    return _page(request, "household/offer.html", form)


@require_http_methods(["GET", "POST"])
def household_ask(request):
    """The user asks to look after somebody. The answer says nothing of who is a patient here."""
    demand_role(request.user, Role.PATIENT)
    form = AskForm(request.POST if request.method == "POST" else None, today=latest_today())
    if form.is_bound and form.is_valid():
        try:
            asking.ask(by=request.user, **_typed(form))
        except PortalError as error:
            add_refusal(form, error)
        else:
            said = _("If the clinic has such a patient, we have written to %(email)s and asked.")
            messages.success(request, said % {"email": form.cleaned_data["email"]})
            return redirect("household")
    return _page(request, "household/ask.html", form)


@require_http_methods(["GET", "POST"])
def household_child(request):
    """A parent enters a child who is not a patient yet."""
    demand_role(request.user, Role.PATIENT)
    form = ChildForm(request.POST if request.method == "POST" else None, today=latest_today())
    if form.is_bound and form.is_valid():
        typed = {name: form.cleaned_data[name] for name in ("name", "born", "gender")}
        try:
            made = children.add(**typed, form_token=form.cleaned_data["token"], by=request.user)
        except PortalError as error:
            add_refusal(form, error)
        else:
            said = _("%(name)s is entered. You can book now.")
            messages.success(request, said % {"name": made.patient.name})
            return redirect("household")
    adult = children.youngest_adult(for_request(request))
    return _page(request, "household/child.html", form, adult=adult)


@require_http_methods(["GET", "POST"])
def household_access(request, pk: int):
    """The patient, or the desk, changes what somebody may do, and agrees to it anew."""
    access = _visible(request, pk)
    if not request.user.has_perm("portal.share_chart", access.patient):
        raise PermissionDenied
    is_own = access.patient.user_id == request.user.pk
    data = request.POST if request.method == "POST" else None
    form = ChangeForm(data, access=access, is_own=is_own)
    if form.is_bound and form.is_valid():
        try:
            services.change(access, scopes=_scopes(form), by=request.user)
        except PortalError as error:
            add_refusal(form, error)
        else:
            name = access.user.name if access.user else ""
            messages.success(request, _("Saved. %(name)s is told.") % {"name": name})
            return _back(access, is_own)
    context = {"access": access, "is_own": is_own}
    return _page(request, "household/access.html", form, **context)


@require_http_methods(["GET", "POST"])
def household_end(request, pk: int):
    """By the patient, the desk, or the user whose access it is."""
    access = _visible(request, pk)
    if request.method == "GET":
        context = {"access": access, "is_mine": access.user_id == request.user.pk}
        return render(request, "household/end.html", context | SECTION)
    try:
        services.end(access, by=request.user)
    except PortalError as error:
        if error.status == 403:
            raise
        messages.warning(request, error.message)
    else:
        messages.success(request, _("This access has ended."))
    return _back(access, not request.user.is_staff)


def _visible(request, pk: int) -> ProxyAccess:
    rows = ProxyAccess.objects.standing().select_related("patient", "patient__user", "user")
    return get_visible(rows, request.user, pk)


def _back(access: ProxyAccess, is_own: bool):
    if is_own:
        return redirect("household")
    return redirect("patient-household", access.patient_id)


def _typed(form) -> dict:
    return {**form.cleaned_data, "scopes": _scopes(form)}


def _scopes(form) -> list[Scope]:
    return [Scope(one) for one in form.cleaned_data["scopes"]]


def _page(request, template: str, form, **context):
    status = 422 if form.errors else 200
    return render(request, template, {"form": form, **context, **SECTION}, status=status)
