"""How long the session lasts, staying signed in, and a form that was sent too late (A12)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal.accounts import late_forms
from portal.accounts.session_limits import exact_seconds_left


@login_not_required
@require_GET
def session_state(request):
    """For static/js/session-warning.js. Does not count as use of the session."""
    return JsonResponse(_state(request))


@require_POST
def session_stay(request):
    """Any request that is not sent in the background prolongs the session; this one does only
    that."""
    return JsonResponse(_state(request))


@require_GET
def late_form(request):
    """Asks to send a form again that came after the session had ended."""
    form = late_forms.kept(request)
    if form is None:
        messages.warning(request, _("The form that you sent is not kept any more."))
        return redirect("dashboard")
    return render(request, "accounts/late_form.html", {"late": form})


@require_POST
def late_form_drop(request):
    form = late_forms.kept(request)
    late_forms.forget(request)
    messages.info(request, _("It was not saved."))
    return redirect(form.back if form else "dashboard")


def _state(request) -> dict:
    user = request.user
    return {
        "seconds": exact_seconds_left(request),
        "user": user.pk if user.is_authenticated else None,
        "token": get_token(request),
    }
