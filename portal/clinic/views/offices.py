"""The clinic's offices: where to find them, and how an admin or their doctor edits them (B01)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.clinic.forms.offices import CloseOfficeForm, OfficeForm, OwnOfficeForm
from portal.clinic.queries import standing
from portal.clinic.services import offices as services
from portal.enums import Role
from portal.errors import NeedsConfirmation
from portal.models import Doctor, Office
from portal.web import choices
from portal.web.context import for_request
from portal.web.fetch import demand_permission, demand_role
from portal.web.links import page_links
from portal.web.pages import page_number, paged
from portal.web.submitting import press, sent, submit


@login_not_required
@require_GET
def offices(request):
    """Public, because visitors look for the address and the phone number."""
    context = {"offices": choices.offices_in_full(), "own_office": _own_office(request.user)}
    return render(request, "clinic/offices/list.html", context)


def _own_office(user) -> int | None:
    """The id of the office that a doctor may edit: one query for doctors."""
    if not (user.is_authenticated and user.is_doctor):
        return None
    return Doctor.objects.listed().filter(user=user).values_list("office", flat=True).first()


@require_http_methods(["GET", "HEAD", "POST"])
def office_edit(request, pk: int):
    """A doctor edits how to find and reach their own office."""
    demand_role(request.user, Role.DOCTOR)
    office = get_object_or_404(Office.objects.open(), pk=pk)
    if not request.user.has_perm("portal.change_own_office", office):
        raise PermissionDenied
    form = OwnOfficeForm(sent(request), instance=office)
    submission = submit(
        form, lambda: services.edit_contact(office, by=request.user, **form.cleaned_data)
    )
    if submission.is_done:
        messages.success(request, _("The office is saved."))
        return redirect("offices")
    context = {"form": form, "office": office}
    return render(request, "clinic/offices/own.html", context, status=submission.status)


@require_GET
def manage_offices(request):
    demand_permission(request.user, "portal.change_clinic")
    found = Office.objects.annotate(doctors_count=Count("doctors")).order_by(
        "closed_at", "search_name"
    )
    page = paged(found, page_number(request.GET.get("page")))
    context = {"page": page.number, "offices": page.rows, **page_links(request, page)}
    return render(request, "clinic/offices/manage.html", context | {"section": "manage"})


@require_http_methods(["GET", "HEAD", "POST"])
def manage_office_new(request):
    demand_permission(request.user, "portal.change_clinic")
    initial = {"time_zone": for_request(request).time_zone}
    form = OfficeForm(sent(request), initial=initial)
    submission = submit(form, lambda: services.add(by=request.user, **form.values()))
    if submission.is_done:
        messages.success(request, _("%(name)s is there.") % {"name": submission.made.name})
        return redirect("manage-offices")
    return _form(request, form, status=submission.status)


@require_http_methods(["GET", "HEAD", "POST"])
def manage_office(request, pk: int):
    demand_permission(request.user, "portal.change_clinic")
    office = get_object_or_404(Office, pk=pk)
    form = OfficeForm(sent(request), instance=Office.objects.get(pk=pk))

    def edit():
        keep = form.cleaned_data["keep_wall_time"]
        services.edit(office, keep_wall_time=keep, by=request.user, **form.values())

    submission = submit(form, edit)
    if submission.is_done:
        messages.success(request, _("The office is saved."))
        return redirect("manage-offices")
    if isinstance(submission.refusal, NeedsConfirmation):
        form.asks_to_keep = True
    return _form(request, form, office=office, status=submission.status)


@require_http_methods(["GET", "HEAD", "POST"])
def manage_office_close(request, pk: int):
    """Says what stands at the office; closes it if nothing does."""
    demand_permission(request.user, "portal.change_clinic")
    office = get_object_or_404(Office.objects.open(), pk=pk)
    form = CloseOfficeForm(sent(request), office=office)
    submission = submit(form, lambda: services.close(office, by=request.user, **form.cleaned_data))
    if submission.is_done:
        messages.success(request, _("%(name)s is closed.") % {"name": office.name})
        return redirect("manage-offices")
    context = {"office": office, "standing": standing.at_office(office), "form": form}
    context["section"] = "manage"
    return render(request, "clinic/offices/close.html", context, status=submission.status)


@require_POST
def manage_office_reopen(request, pk: int):
    demand_permission(request.user, "portal.change_clinic")
    office = get_object_or_404(Office, pk=pk)
    said = _("%(name)s is open again.") % {"name": office.name}
    press(request, lambda: services.reopen(office, by=request.user), said=said)
    return redirect("manage-offices")


def _form(request, form: OfficeForm, *, office: Office | None = None, status: int):
    context = {"form": form, "office": office, "section": "manage"}
    return render(request, "clinic/offices/form.html", context, status=status)
