"""A doctor's own templates of notes (requirement C06)."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.enums import Role
from portal.errors import PortalError
from portal.models import Doctor
from portal.models.record import TEXTS
from portal.records.forms.templates import TemplateForm
from portal.records.services import templates as services
from portal.web.fetch import demand_role
from portal.web.refusals import add_refusal


@require_GET
def note_templates(request):
    context = {"templates": _doctor(request).note_templates.all(), "section": "appointments"}
    return render(request, "records/templates/list.html", context)


@require_http_methods(["GET", "POST"])
def note_template_new(request):
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
def note_template(request, pk: int):
    return _edit(request, pk)


@require_POST
def note_template_delete(request, pk: int):
    doctor = _doctor(request)
    if not doctor.note_templates.filter(pk=pk).exists():
        raise Http404
    try:
        services.remove(doctor, pk=pk, by=request.user)
    except PortalError as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("The template is deleted."))
    return redirect("note-templates")


def _edit(request, pk: int | None):
    doctor, initial = _doctor(request), {}
    if pk is not None:
        found = doctor.note_templates.filter(pk=pk).first()
        if found is None:
            raise Http404
        initial = {name: getattr(found, name) for name in ("name", *TEXTS)}
    form = TemplateForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        stored = {"name": form.cleaned_data["name"], "texts": form.texts}
        try:
            services.store(doctor, pk=pk, by=request.user, **stored)
        except PortalError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The template is saved."))
            return redirect("note-templates")
    context = {"form": form, "pk": pk, "section": "appointments"}
    status = 422 if form.errors else 200
    return render(request, "records/templates/edit.html", context, status=status)


def _doctor(request) -> Doctor:
    demand_role(request.user, Role.DOCTOR)
    return Doctor.objects.get(user=request.user)
