"""Inviting staff, and the page behind the link in the mail (requirement A03)."""

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.forms.invitation import AcceptDoctorForm, AcceptForm
from portal.accounts.forms.people import INVITE_FORMS, INVITED
from portal.accounts.rows.people_lines import offices_of_invitation
from portal.accounts.services import invitations
from portal.enums import Role
from portal.models import Invitation
from portal.web.fetch import demand_permission
from portal.web.submitting import press, sent, submit


@require_http_methods(["GET", "POST"])
def invitation_new(request):
    """The role is in the address; each has fields of its own."""
    demand_permission(request.user, "portal.manage_people")
    role = request.GET.get("role")
    role = role if role in INVITE_FORMS else Role.ASSISTANT
    form = INVITE_FORMS[Role(role)](sent(request))
    submission = submit(
        form, lambda: invitations.invite(role=role, by=request.user, **form.values())
    )
    if submission.is_done:
        messages.success(request, _("%(email)s is invited.") % {"email": submission.made.email})
        return _to_list()
    context = {
        "form": form,
        "role": role,
        "section": "manage",
        "roles": [(one.value, one.label, one == role) for one in INVITE_FORMS],
    }
    return render(request, "accounts/people/invite.html", context, status=submission.status)


@require_POST
def invitation_resend(request, pk: int):
    return _change(request, pk, invitations.resend, _("A new link is on its way to %(email)s."))


@require_POST
def invitation_revoke(request, pk: int):
    return _change(request, pk, invitations.revoke, _("The invitation of %(email)s is withdrawn."))


def _change(request, pk: int, change, said: str):
    demand_permission(request.user, "portal.manage_people")
    found = get_object_or_404(Invitation.objects.visible_to(request.user), pk=pk)
    press(request, lambda: change(found, by=request.user), said=said % {"email": found.email})
    return _to_list()


def _to_list():
    return redirect(f"{reverse('manage-people')}?state={INVITED}")


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request, token: str):
    """A GET changes nothing, because programs that check mails follow links."""
    found = invitations.of_token(token)
    if found is None:
        return render(request, "accounts/people/invitation_ended.html", status=404)
    kind = AcceptDoctorForm if found.role == Role.DOCTOR else AcceptForm
    form = kind(sent(request), invitation=found)
    submission = submit(form, lambda: invitations.accept(found, by=None, **form.cleaned_data))
    if submission.is_done:
        user = submission.made
        login = Login(user=user, email=user.email, redirect_url=reverse("dashboard"))
        return perform_password_login(request, {"email": user.email}, login)
    context = {
        "form": form,
        "invitation": found,
        "offices": offices_of_invitation(found),
        "token": token,
    }
    return render(request, "accounts/people/accept.html", context, status=submission.status)
