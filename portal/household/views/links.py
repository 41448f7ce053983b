"""The pages behind the links of mails: accepting an offer, answering a request (A14).

A GET changes nothing, because programs that check mails follow links.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.accounts.queries.charts import account_of
from portal.enums import ProxyState
from portal.errors import Forbidden, PortalError, StaleState
from portal.household.services import access as services
from portal.household.services import asking


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def household_accept(request, token: str):
    """For the signed-in user with the address of the offer; others read that it is not for them."""
    found = asking.of_token(token, state=ProxyState.OFFERED)
    if found is None:
        return _ended(request)
    is_theirs = request.user.is_patient and account_of(found.email) == request.user
    refusal = None
    if request.method == "POST":
        try:
            if request.POST.get("answer") == "decline":
                services.decline(found, by=request.user)
                messages.success(request, _("You have declined."))
            else:
                services.accept(found, by=request.user)
                said = _("You now look after %(name)s.")
                messages.success(request, said % {"name": found.patient.name})
        except StaleState:
            return _ended(request)
        except Forbidden:
            raise
        except PortalError as error:
            refusal = error
        else:
            return redirect("household" if request.user.is_patient else "home")
    context = {"access": found, "is_theirs": is_theirs, "token": token, "refusal": refusal}
    status = refusal.status if refusal else 200
    return render(request, "household/accept.html", context, status=status)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def household_answer(request, token: str):
    """For whoever reads the mail: the patient may have no account."""
    found = asking.of_token(token, state=ProxyState.ASKED)
    if found is None:
        return _ended(request)
    if request.method == "POST":
        agrees = request.POST.get("answer") == "agree"
        try:
            asking.answer(found, agrees=agrees, by=None)
        except PortalError:
            return _ended(request)
        context = {"access": found, "agrees": agrees}
        return render(request, "household/answered.html", context)
    return render(request, "household/answer.html", {"access": found, "token": token})


def _ended(request):
    return render(request, "household/link_ended.html", status=404)
