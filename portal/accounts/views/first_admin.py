"""Behind the one-time link: the first admin says who they are (requirement A15)."""

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from portal.accounts.forms.first_admin import FirstAdminForm
from portal.accounts.queries import first_admin as links
from portal.accounts.services import first_admin as services
from portal.errors import StaleState
from portal.web.submitting import sent, submit


@sensitive_post_parameters("password")
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def first_admin(request, token: str):
    """404 for any token but the good one; also once there is an admin."""
    if not links.is_good(token):
        raise Http404
    form = FirstAdminForm(sent(request))
    submission = submit(form, lambda: services.make(token, **form.cleaned_data))
    if submission.is_done:
        login(request, submission.made, backend=settings.AUTHENTICATION_BACKENDS[0])
        return redirect("setup")
    if isinstance(submission.refusal, StaleState):
        raise Http404 from submission.refusal
    template = "accounts/first_admin.html"
    return render(request, template, {"form": form}, status=submission.status)
