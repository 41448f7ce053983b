"""Where signing out leads: it says so on the first page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def signed_out(request):
    """A request of its own: the browser has just dropped every cookie (portal/web/sign_out.py),
    and with them a message that the answer to signing out might have carried."""
    if not request.user.is_authenticated:
        messages.success(request, _("You are signed out."))
    return redirect("home")
