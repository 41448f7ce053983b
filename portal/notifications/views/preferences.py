"""Notification preferences, and the unsubscribe link at the end of a mail (D01)."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from portal.models import Patient
from portal.notifications.forms.preferences import PreferencesForm
from portal.notifications.services import preferences


@require_http_methods(["GET", "POST"])
def notification_preferences(request):
    user = request.user
    patient = Patient.objects.filter(user=user).first() if user.is_patient else None
    phone = patient.phone if patient else ""
    form = PreferencesForm(
        request.POST if request.method == "POST" else None, user=user, phone=phone
    )
    if form.is_bound and form.is_valid():
        preferences.set_preferences(user, off=form.off(), by=user)
        messages.success(request, _("Your choice is saved."))
        return redirect("notification-preferences")
    context = {"form": form, "phone": phone, "wants_phone": user.is_patient and not phone}
    context["has_sms"] = bool(settings.SMS_URL)
    status = 422 if form.errors else 200
    return render(request, "notifications/preferences.html", context, status=status)


@csrf_exempt  # a mail program posts this by itself (RFC 8058); who has the link may do it
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def notification_unsubscribe(request, token: str):
    """A GET changes nothing, because mail scanners follow links; the button unsubscribes."""
    found = preferences.read_unsubscribe_token(token)
    if found is None:
        return render(request, "notifications/unsubscribe_unknown.html", status=404)
    user, event = found
    if request.method == "POST":
        user = preferences.unsubscribe(user, event=event.name, by=user)
    context = {"event": event, "is_off": not user.wants(event.name, "email")}
    return render(request, "notifications/unsubscribe.html", context)
