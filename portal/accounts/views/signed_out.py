"""The page to which sign-out redirects; it shows the message on the start page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def signed_out(request):
    """A separate request, because the browser has just deleted all cookies
    (portal/web/sign_out.py), including one with a message from the sign-out response."""
    if not request.user.is_authenticated:
        messages.success(request, _("You are signed out."))
    return redirect("home")
