"""The page at which doctors sign up (requirement A02)."""

from allauth.account.internal.flows.signup import complete_signup
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from portal.clock.today import today_of_clinic
from portal.errors import PortalError
from portal.people.forms.applications import DoctorSignupForm
from portal.web.context import for_request
from portal.web.refusals import add_refusal


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def doctor_sign_up(request):
    """Known and unknown addresses are answered alike, as at the patients' sign-up (A04)."""
    if request.user.is_authenticated:
        return redirect("dashboard")
    options = {"currency": for_request(request).currency, "today": today_of_clinic()}
    if request.method != "POST":
        return _page(request, DoctorSignupForm(**options))
    form = DoctorSignupForm(request.POST, request.FILES, **options)
    if not form.is_valid():
        return _page(request, form)
    try:
        user, answer = form.try_save(request)
    except PortalError as error:
        add_refusal(form, error)
        return _page(request, form)
    return answer or complete_signup(request, user=user, redirect_url=None, by_passkey=False)


def _page(request, form: DoctorSignupForm):
    status = 422 if form.errors else 200
    return render(request, "people/applications/sign_up.html", {"form": form}, status=status)
