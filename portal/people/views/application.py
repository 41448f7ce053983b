"""A doctor's own application: its state, applying again, and the photo (requirement A02)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.clock.today import today_of_clinic
from portal.models import Doctor
from portal.people.forms.applications import ApplicationForm
from portal.people.forms.photos import PhotoForm
from portal.people.queries import applications
from portal.people.services import approvals, photos
from portal.web.context import for_request
from portal.web.submitting import submit


@require_http_methods(["GET", "POST"])
def application(request):
    doctor = _own(request.user)
    if request.method != "POST":
        form = _form(request, doctor) if doctor.can("apply_again") else None
        return _page(request, doctor, form)
    form = _form(request, doctor, request.POST, request.FILES)
    if not doctor.can("apply_again"):
        messages.info(request, _("This application is with the clinic: it cannot be sent again."))
        return redirect("application")

    def apply_again():
        approvals.apply_again(doctor, by=request.user, **form.values)
        if photo := form.cleaned_data["photo"]:
            photos.change(doctor, photo=photo, by=request.user)

    submission = submit(form, apply_again)
    if not submission.is_done:
        return _page(request, doctor, form, status=submission.status)
    messages.success(request, _("Your application is with the clinic again."))
    return redirect("application")


@require_http_methods(["GET", "POST"])
def own_photo(request):
    doctor = _own(request.user)
    form = PhotoForm(request.POST, request.FILES) if request.method == "POST" else PhotoForm()
    if not (form.is_bound and form.is_valid()):
        context = {"form": form, "doctor": doctor}
        status = 422 if form.errors else 200
        return render(request, "people/applications/photo.html", context, status=status)
    photos.change(doctor, photo=form.cleaned_data["photo"], by=request.user)
    messages.success(request, _("Your photo is saved."))
    return redirect("own-photo")


@require_POST
def own_photo_remove(request):
    photos.change(_own(request.user), photo=None, by=request.user)
    messages.success(request, _("Your photo is removed."))
    return redirect("own-photo")


def _own(user) -> Doctor:
    doctor = applications.of_user(user) if user.is_doctor else None
    if doctor is None:
        raise PermissionDenied
    return doctor


def _form(request, doctor: Doctor, *sent) -> ApplicationForm:
    currency, today = for_request(request).currency, today_of_clinic()
    return ApplicationForm(*sent, doctor=doctor, currency=currency, today=today)


def _page(request, doctor: Doctor, form: ApplicationForm | None, *, status: int = 200):
    context = {"doctor": doctor, "form": form}
    return render(request, "people/applications/application.html", context, status=status)
