"""The user's own profile; what can be edited depends on the role (requirement A05)."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts.forms.profile import DoctorForm, PatientForm, StaffForm
from portal.accounts.services import accounts, calendar_feeds
from portal.accounts.views.calendar_feeds import address
from portal.clock.today import today_at, today_of_clinic
from portal.models import Doctor, Patient, User
from portal.web.submitting import sent, submit


@require_http_methods(["GET", "POST"])
def profile(request):
    doctor = _doctor(request.user)
    form = _form(request, doctor)
    submission = submit(
        form,
        lambda: accounts.update_profile(request.user, by=request.user, **form.cleaned_data),
    )
    if submission.is_done:
        messages.success(request, _("Your profile is saved."))
        return redirect("profile")
    context = {
        "form": form,
        "doctor": doctor,
        "has_calendar": calendar_feeds.can_have(request.user),
    }
    if context["has_calendar"]:
        feed = calendar_feeds.of(request.user)
        context["calendar_url"] = address(feed)
        context["calendar_ended"] = feed is not None and feed.ended_with_password
    return render(request, "accounts/profile/profile.html", context, status=submission.status)


def _doctor(user) -> Doctor | None:
    """Read for the page. The form works on its own copy, which a refused POST changes."""
    if not user.is_doctor:
        return None
    return Doctor.objects.select_related("specialty", "office").get(user=user)


def _form(request, doctor: Doctor | None):
    data = sent(request)
    if request.user.is_patient:
        patient = Patient.objects.get(user=request.user)
        today = today_of_clinic()
        return PatientForm(data, instance=patient, today=today, username=request.user.username)
    if doctor:
        own = Doctor.objects.get(pk=doctor.pk)
        today = today_at(doctor.office)
        return DoctorForm(data, instance=own, today=today, username=request.user.username)
    user = User.objects.get(pk=request.user.pk)
    return StaffForm(data, instance=user, username=user.username)
