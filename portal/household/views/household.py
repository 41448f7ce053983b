"""“Household”: whom I look after, and who looks after me (requirement A14)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from portal.clock.today import latest_today
from portal.enums import Role
from portal.household.forms.access import AskForm, ChangeForm, ChildForm, OfferForm
from portal.household.queries import household as queries
from portal.household.services import access as services
from portal.household.services import asking, children
from portal.models import Patient, ProxyAccess
from portal.web.context import for_request
from portal.web.fetch import demand_role, get_visible
from portal.web.submitting import Submission, press, sent, submit

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
    form = OfferForm(sent(request))
    patient = Patient.objects.get(user=request.user)
    submission = submit(form, lambda: services.offer(patient, by=request.user, **form.values))
    if submission.is_done:
        said = _("We have written to %(email)s.")
        messages.success(request, said % {"email": submission.made.email})
        return redirect("household")
    return _page(request, "household/offer.html", form, submission)


@require_http_methods(["GET", "POST"])
def household_ask(request):
    """The user asks to look after somebody. The answer says nothing of who is a patient here."""
    demand_role(request.user, Role.PATIENT)
    form = AskForm(sent(request), today=latest_today())
    submission = submit(form, lambda: asking.ask(by=request.user, **form.values))
    if submission.is_done:
        said = _("If the clinic has such a patient, we have written to %(email)s and asked.")
        messages.success(request, said % {"email": form.cleaned_data["email"]})
        return redirect("household")
    return _page(request, "household/ask.html", form, submission)


@require_http_methods(["GET", "POST"])
def household_child(request):
    """A parent enters a child who is not a patient yet."""
    demand_role(request.user, Role.PATIENT)
    form = ChildForm(sent(request), today=latest_today())
    submission = submit(form, lambda: children.add(by=request.user, **form.values))
    if submission.is_done:
        said = _("%(name)s is entered. You can book now.")
        messages.success(request, said % {"name": submission.made.patient.name})
        return redirect("household")
    adult = children.youngest_adult(for_request(request))
    return _page(request, "household/child.html", form, submission, adult=adult)


@require_http_methods(["GET", "POST"])
def household_access(request, pk: int):
    """The patient, or the desk, changes what somebody may do, and agrees to it anew."""
    access = _visible(request, pk)
    if not request.user.has_perm("portal.share_chart", access.patient):
        raise PermissionDenied
    is_own = access.patient.user_id == request.user.pk
    form = ChangeForm(sent(request), access=access, is_own=is_own)
    submission = submit(form, lambda: services.change(access, by=request.user, **form.values))
    if submission.is_done:
        said = _("Saved. %(name)s is told.")
        messages.success(request, said % {"name": submission.made.user.name})
        return _back(access, is_own)
    context = {"access": access, "is_own": is_own}
    return _page(request, "household/access.html", form, submission, **context)


@require_http_methods(["GET", "POST"])
def household_end(request, pk: int):
    """By the patient, the desk, or the user whose access it is."""
    access = _visible(request, pk)
    if request.method == "GET":
        context = {"access": access, "is_mine": access.user_id == request.user.pk}
        return render(request, "household/end.html", context | SECTION)
    press(request, lambda: services.end(access, by=request.user), said=_("This access has ended."))
    return _back(access, not request.user.is_staff)


def _visible(request, pk: int) -> ProxyAccess:
    rows = ProxyAccess.objects.standing().select_related("patient", "patient__user", "user")
    return get_visible(rows, request.user, pk)


def _back(access: ProxyAccess, is_own: bool):
    if is_own:
        return redirect("household")
    return redirect("patient-household", access.patient_id)


def _page(request, template: str, form, submission: Submission, **context):
    context = {"form": form, **context, **SECTION}
    return render(request, template, context, status=submission.status)
