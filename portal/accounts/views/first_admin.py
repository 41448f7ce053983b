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
from portal.errors import PortalError, StaleState
from portal.web.refusals import add_refusal


@sensitive_post_parameters("password")
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def first_admin(request, token: str):
    """404 for any token but the good one; also once there is an admin."""
    if not links.is_good(token):
        raise Http404
    form = FirstAdminForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            user = services.make(token, **form.cleaned_data)
        except StaleState as error:
            raise Http404 from error
        except PortalError as error:
            add_refusal(form, error)
        else:
            login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
            return redirect("setup")
    status = 422 if form.errors else 200
    return render(request, "accounts/first_admin.html", {"form": form}, status=status)
