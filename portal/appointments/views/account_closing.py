"""Closing an account: one's own, or another's by an admin (requirement A11)."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.appointments.services import leaving
from portal.errors import PortalError
from portal.models import User
from portal.web.fetch import demand_permission
from portal.web.ids import id_of


@require_http_methods(["GET", "POST"])
@reauthentication_required
def profile_close(request):
    """The password is asked for again before."""
    if request.method == "GET":
        return _page(request, request.user)
    try:
        leaving.close_account(request.user, seen=_seen(request), by=request.user)
    except PortalError as error:
        return _page(request, request.user, refusal=error)
    logout(request)
    messages.success(request, _("Your account is closed. Thank you for having been with us."))
    return redirect("home")


@require_http_methods(["GET", "POST"])
def person_close(request, pk: int):
    demand_permission(request.user, "portal.manage_people")
    person = get_object_or_404(User.objects.listed(), pk=pk)
    if request.method == "GET":
        return _page(request, person)
    try:
        leaving.close_account(person, seen=_seen(request), by=request.user)
    except PortalError as error:
        return _page(request, person, refusal=error)
    messages.success(request, _("The account of %(name)s is closed.") % {"name": person.name})
    return redirect("manage-person", pk)


def _seen(request) -> set[int]:
    found = map(id_of, request.POST.getlist("appointment"))
    return {one for one in found if one is not None}


def _page(request, person: User, *, refusal: PortalError | None = None):
    is_own = person == request.user
    back = reverse("profile") if is_own else reverse("manage-person", args=[person.pk])
    context = {
        "person": person,
        "is_own": is_own,
        "section": "profile" if is_own else "manage",
        "back_url": back,
        "coming": leaving.coming(person),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "appointments/account_closing.html", context, status=status)
