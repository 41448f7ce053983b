"""The requests for erasure of all patients, for admins (requirement A19)."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal.enums import ErasureState
from portal.erasure.queries import requests
from portal.erasure.services import asking
from portal.errors import PortalError
from portal.models import ErasureRequest
from portal.notifications.queries.ledger import clock
from portal.notifications.rows.manage_lines import moment
from portal.web.fetch import demand_permission, get_visible
from portal.web.links import page_links
from portal.web.pages import page_number
from portal.web.templatetags.clinic import zone_name


@require_GET
def manage_erasures(request):
    demand_permission(request.user, "portal.manage_erasures")
    asked = request.GET.get("state")
    state = ErasureState(asked) if asked in ErasureState.values else ErasureState.WAITING
    page = requests.page_of_requests(state, page_number(request.GET.get("page")))
    office = clock()
    context = {
        "state": state,
        "states": _segments(state),
        "lines": [
            (one, moment(one.asked_at, office, "j M Y, H:i"), moment(one.ended_at, office))
            for one in page.rows
        ],
        "zone": zone_name(office) if office else "UTC",
        "page": page.number,
        **page_links(request, page),
    }
    return render(request, "erasure/manage.html", context)


@require_POST
def manage_erasure_withdraw(request, pk: int):
    demand_permission(request.user, "portal.manage_erasures")
    found = get_visible(ErasureRequest.objects.select_related("patient"), request.user, pk)
    try:
        asking.withdraw(found, by=request.user)
    except PortalError as error:
        messages.error(request, str(error.message))
    else:
        told = _("The request of %(name)s is withdrawn. Nothing is erased.")
        messages.success(request, told % {"name": found.patient.name})
    return redirect("manage-erasures")


def _segments(chosen: ErasureState) -> list[tuple[str, str, int, bool]]:
    """(URL, label, how many, whether chosen)."""
    counted = requests.counts()
    return [
        (f"?{urlencode({'state': one.value})}", str(one.label), counted[one.value], one == chosen)
        for one in (ErasureState.WAITING, ErasureState.DONE, ErasureState.WITHDRAWN)
    ]
