"""An admin removes the second factor of somebody who has lost it (requirement A12)."""

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts.forms.factor_reset import FactorResetForm
from portal.accounts.services import second_factors
from portal.models import User
from portal.web.fetch import demand_permission
from portal.web.submitting import sent, submit


@require_http_methods(["GET", "POST"])
def factor_reset(request, pk: int):
    demand_permission(request.user, "portal.manage_factors")
    return _factor_reset(request, _person(pk))


@reauthentication_required
def _factor_reset(request, person: User):
    if person == request.user:
        messages.warning(request, _("Your own second factor is on this page."))
        return redirect("mfa_index")
    form = FactorResetForm(sent(request))
    submission = submit(
        form, lambda: second_factors.reset(person, by=request.user, **form.cleaned_data)
    )
    if submission.is_done:
        text = _("The second factor of %(name)s is removed.") % {"name": person.name}
        messages.success(request, text)
        return redirect("manage-person-factor", person.pk)
    count = Authenticator.objects.filter(user=person).count()
    context = {"person": person, "form": form, "count": count}
    template = "accounts/people/factor_reset.html"
    return render(request, template, context, status=submission.status)


def _person(pk: int) -> User:
    found = User.objects.listed().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
