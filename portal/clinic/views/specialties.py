"""The clinic's specialties, for admins (requirement B01)."""

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.clinic.forms.offices import SpecialtyForm
from portal.clinic.queries import standing
from portal.clinic.services import specialties as services
from portal.errors import PortalError
from portal.models import Specialty
from portal.web.fetch import demand_permission
from portal.web.links import page_links
from portal.web.pages import page_number, paged
from portal.web.submitting import press, sent, submit


@require_GET
def manage_specialties(request):
    demand_permission(request.user, "portal.change_clinic")
    found = Specialty.objects.annotate(doctors_count=Count("doctors")).order_by(
        "closed_at", "search_name"
    )
    page = paged(found, page_number(request.GET.get("page")))
    context = {"page": page.number, "specialties": page.rows, **page_links(request, page)}
    return render(request, "clinic/specialties/manage.html", context | {"section": "manage"})


@require_http_methods(["GET", "HEAD", "POST"])
def manage_specialty_new(request):
    demand_permission(request.user, "portal.change_clinic")
    form = SpecialtyForm(sent(request))
    submission = submit(form, lambda: services.add(by=request.user, **form.cleaned_data))
    if submission.is_done:
        messages.success(request, _("%(name)s is there.") % {"name": submission.made.name})
        return redirect("manage-specialties")
    return _form(request, form, status=submission.status)


@require_http_methods(["GET", "HEAD", "POST"])
def manage_specialty(request, pk: int):
    demand_permission(request.user, "portal.change_clinic")
    specialty = get_object_or_404(Specialty, pk=pk)
    form = SpecialtyForm(sent(request), instance=Specialty.objects.get(pk=pk))
    submission = submit(
        form, lambda: services.rename(specialty, by=request.user, **form.cleaned_data)
    )
    if submission.is_done:
        messages.success(request, _("The specialty is saved."))
        return redirect("manage-specialties")
    return _form(request, form, specialty=specialty, status=submission.status)


@require_http_methods(["GET", "HEAD", "POST"])
def manage_specialty_close(request, pk: int):
    """Says what is in the specialty; closes it if nothing is."""
    demand_permission(request.user, "portal.change_clinic")
    specialty = get_object_or_404(Specialty.objects.open(), pk=pk)
    refusal = None
    if request.method == "POST":
        try:
            services.close(specialty, by=request.user)
        except PortalError as error:
            refusal = error
        else:
            messages.success(request, _("%(name)s is closed.") % {"name": specialty.name})
            return redirect("manage-specialties")
    context = {"specialty": specialty, "inside": standing.in_specialty(specialty)}
    context |= {"refusal": refusal, "section": "manage"}
    status = refusal.status if refusal else 200
    return render(request, "clinic/specialties/close.html", context, status=status)


@require_POST
def manage_specialty_reopen(request, pk: int):
    demand_permission(request.user, "portal.change_clinic")
    specialty = get_object_or_404(Specialty, pk=pk)
    said = _("%(name)s is open again.") % {"name": specialty.name}
    press(request, lambda: services.reopen(specialty, by=request.user), said=said)
    return redirect("manage-specialties")


def _form(request, form: SpecialtyForm, *, specialty: Specialty | None = None, status: int):
    context = {"form": form, "specialty": specialty, "section": "manage"}
    return render(request, "clinic/specialties/form.html", context, status=status)
