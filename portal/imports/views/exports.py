"""Exporting patients, for admins who have just given their password (requirement A18)."""

from allauth.account.decorators import reauthentication_required
from django.http import FileResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from portal.imports.forms.exports import ExportForm
from portal.imports.services import exports
from portal.web.fetch import demand_permission

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "POST"])
def export(request):
    """The file comes as the answer of a POST, because it leaves a trace in the audit."""
    demand_permission(request.user, "portal.move_patients")
    return _export(request)


@reauthentication_required
def _export(request):
    form = ExportForm(request.POST if request.method == "POST" else None)
    if not (form.is_bound and form.is_valid()):
        status = 422 if form.errors else 200
        return render(request, "imports/export.html", {"form": form}, status=status)
    found = exports.export(**form.cleaned_data, by=request.user)
    if form.cleaned_data["form"] == "xlsx":
        file = exports.workbook(found.rows, by=request.user)
        return FileResponse(file, as_attachment=True, filename="patients.xlsx", content_type=XLSX)
    separator = ";" if form.cleaned_data["form"] == "csv-semicolon" else ","
    lines = exports.csv_lines(found.rows, separator=separator, by=request.user)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="patients.csv"'
    return response
