"""Importing patients: upload, columns, check, duplicates, import (requirement A18)."""

from itertools import zip_longest

from django.contrib import messages
from django.http import StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.clock.today import today_of_clinic
from portal.enums import ImportState, RowChoice
from portal.errors import PortalError, StaleState
from portal.imports.forms.imports import ColumnsForm, UploadForm
from portal.imports.queries import imports
from portal.imports.rows.preview import preview_of, shown_phone, shown_values
from portal.imports.services import refused, uploads
from portal.models import PatientImport
from portal.notifications.queries import ledger
from portal.notifications.rows.manage_lines import moment
from portal.web.fetch import demand_permission, get_visible
from portal.web.links import page_links
from portal.web.pages import page_number
from portal.web.refusals import add_refusal

PERMISSION = "portal.move_patients"


@require_GET
def import_list(request):
    demand_permission(request.user, PERMISSION)
    page = imports.page_of_imports(request.user, page_number(request.GET.get("page")))
    office = ledger.clock()
    context = {
        "lines": [(one, moment(one.made_at, office)) for one in page.rows],
        "page": page.number,
        **page_links(request, page),
    }
    return render(request, "imports/list.html", context)


@require_http_methods(["GET", "POST"])
def import_new(request):
    demand_permission(request.user, PERMISSION)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        source = form.cleaned_data["source"]
        try:
            upload = uploads.upload(
                file.read(), file_name=file.name, source=source, by=request.user
            )
        except PortalError as error:
            add_refusal(form, error)
        else:
            return redirect("import-columns", upload.pk)
    return render(request, "imports/new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def import_columns(request, pk: int):
    upload = _fetch(request, pk, with_content=True)
    if upload.state not in uploads.OPEN:
        return redirect(upload)
    given = request.POST if request.method == "POST" else None
    form = ColumnsForm(given, header=upload.header, mapping=upload.mapping)
    is_valid = form.is_bound and form.is_valid()
    if is_valid and request.POST.get("step") == "check":
        try:
            uploads.check(upload, mapping=form.mapping, by=request.user)
        except StaleState:
            return redirect(upload)
        except PortalError as error:
            form.add_error(None, error.message)
        else:
            return redirect(upload)
    mapping = form.mapping if is_valid else upload.mapping
    shown = preview_of(bytes(upload.content), mapping, today=today_of_clinic())
    context = {
        "upload": upload,
        "form": form,
        "columns": list(zip_longest(form.columns, shown["examples"])),
        "error": upload.error,
        "earlier": imports.earlier_of(upload),
        **shown,
    }
    status = 422 if form.errors else 200
    return render(request, "imports/columns.html", context, status=status)


@require_GET
def import_detail(request, pk: int):
    upload = _fetch(request, pk)
    if upload.state == ImportState.UPLOADED:
        return redirect("import-columns", upload.pk)
    choices = imports.chosen(upload) if upload.state == ImportState.CHECKED else {}
    context = {
        "upload": upload,
        "made": moment(upload.made_at, ledger.clock()),
        "choices": choices,
        "wanted": upload.counts.get("new", 0) + choices.get("new", 0) + choices.get("fill", 0),
        "refused": [] if upload.is_working else imports.first_refused(upload),
    }
    template = "imports/_status.html" if request.htmx else "imports/detail.html"
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
def import_duplicates(request, pk: int):
    upload = _fetch(request, pk)
    if upload.state != ImportState.CHECKED:
        return redirect(upload)
    number = page_number(request.GET.get("page"))
    page = imports.possible(upload, number)
    if request.method == "POST":
        chosen = {row.pk: request.POST.get(f"choice-{row.pk}", "") for row in page.rows}
        uploads.choose(upload, choices=chosen, by=request.user)
        messages.success(request, _("Your choices are saved."))
        if not page.has_next:
            return redirect(upload)
        return redirect(f"{request.path}?page={number + 1}")
    context = {
        "upload": upload,
        "lines": [
            (row, shown_values(row.values), shown_phone(row.phone or "")) for row in page.rows
        ],
        "choices": RowChoice.choices,
        "page": page.number,
        **page_links(request, page),
    }
    return render(request, "imports/duplicates.html", context)


@require_POST
def import_run(request, pk: int):
    upload = _fetch(request, pk)
    try:
        uploads.start(upload, by=request.user)
    except StaleState:
        messages.info(request, _("This import has been started already, or is over."))
    return redirect(upload)


@require_POST
def import_dismiss(request, pk: int):
    upload = _fetch(request, pk)
    try:
        uploads.dismiss(upload, by=request.user)
    except StaleState:
        messages.info(request, _("This import is over."))
        return redirect(upload)
    messages.success(request, _("The file is removed; nothing of it was imported."))
    return redirect("imports")


@require_POST
def import_refused(request, pk: int):
    upload = _fetch(request, pk)
    lines = refused.refused_lines(upload, by=request.user)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="refused-{upload.pk}.csv"'
    return response


def _fetch(request, pk: int, *, with_content: bool = False) -> PatientImport:
    demand_permission(request.user, PERMISSION)
    found = PatientImport.objects.all() if with_content else imports.without_content(request.user)
    return get_visible(found, request.user, pk)
