"""A patient's copy of everything that is held about them (requirement A13)."""

from allauth.account.decorators import reauthentication_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from portal.models import OwnDataExport
from portal.notifications.queries import ledger
from portal.notifications.rows.manage_lines import moment
from portal.own_data.services import downloading, preparing
from portal.web.fetch import demand_permission, get_visible
from portal.web.templatetags.clinic import zone_name

PERMISSION = "portal.have_own_data"


@require_http_methods(["GET", "POST"])
def own_data(request):
    demand_permission(request.user, PERMISSION)
    if request.method == "POST":
        return _prepare(request)
    export = OwnDataExport.objects.visible_to(request.user).without_files().first()
    template = "own_data/_status.html" if request.htmx else "own_data/own_data.html"
    clock = ledger.clock()
    context = {
        "export": export,
        "until": moment(export.ready_until, clock) if export else "",
        "zone": zone_name(clock) if clock else "UTC",
    }
    return render(request, template, context)


@reauthentication_required
def _prepare(request):
    preparing.prepare(seen=request.POST.get("seen", ""), by=request.user)
    return redirect("own-data")


@require_POST
def own_data_json(request, pk: int):
    return _file(request, pk, "json", "application/json")


@require_POST
def own_data_pdf(request, pk: int):
    return _file(request, pk, "pdf", "application/pdf")


def _file(request, pk: int, form: str, content_type: str) -> HttpResponse:
    """For its owner alone, while it is kept; for anybody else, admins too, there is none.

    By POST, because the download is recorded.
    """
    export = get_visible(OwnDataExport.objects.all(), request.user, pk)
    if not export.is_ready:
        raise Http404
    content = downloading.download(export, form=form, by=request.user)
    name = f"my-data-{export.ready_at:%Y-%m-%d}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)
