"""A doctor's own templates of notes (requirement C06)."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.enums import Role
from portal.models import Doctor
from portal.models.record import TEXTS
from portal.records.forms.templates import TemplateForm
from portal.records.services import templates as services
from portal.web.fetch import demand_role
from portal.web.submitting import press, sent, submit


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
    press(
        request,
        lambda: services.remove(doctor, pk=pk, by=request.user),
        said=_("The template is deleted."),
    )
    return redirect("note-templates")


def _edit(request, pk: int | None):
    doctor, initial = _doctor(request), {}
    if pk is not None:
        found = doctor.note_templates.filter(pk=pk).first()
        if found is None:
            raise Http404
        initial = {name: getattr(found, name) for name in ("name", *TEXTS)}
    form = TemplateForm(sent(request), initial=initial)
    submission = submit(form, lambda: services.store(doctor, pk=pk, by=request.user, **form.values))
    if submission.is_done:
        messages.success(request, _("The template is saved."))
        return redirect("note-templates")
    context = {"form": form, "pk": pk, "section": "appointments"}
    return render(request, "records/templates/edit.html", context, status=submission.status)


def _doctor(request) -> Doctor:
    demand_role(request.user, Role.DOCTOR)
    return Doctor.objects.get(user=request.user)
