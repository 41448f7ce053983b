"""The clinic's settings, for admins (requirement B18)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from portal.clinic.forms.clinic import ClinicSettingsForm
from portal.clinic.services import clinic
from portal.models import ClinicSettings


@require_http_methods(["GET", "POST"])
def clinic_settings(request):
    if not request.user.has_perm("portal.change_clinic"):
        raise PermissionDenied
    data = request.POST if request.method == "POST" else None
    form = ClinicSettingsForm(data, instance=ClinicSettings.current())
    if not (form.is_bound and form.is_valid()):
        return render(
            request, "clinic/settings.html", {"form": form}, status=422 if form.errors else 200
        )
    changes = form.changes
    clinic.change(by=request.user, **changes)
    if changes:
        text = ngettext("%(n)s setting is changed.", "%(n)s settings are changed.", len(changes))
        messages.success(request, text % {"n": len(changes)})
    else:
        messages.info(request, _("Nothing was changed."))
    return redirect("clinic-settings")
