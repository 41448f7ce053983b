"""“The clinic already knows me”: a user joins the chart that the desk keeps (requirement A09)."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts.forms.linking import CodeForm, ContactForm
from portal.accounts.services import linking
from portal.clock.today import latest_today
from portal.enums import Role
from portal.errors import PortalError
from portal.web.fetch import demand_role
from portal.web.refusals import add_refusal


@require_http_methods(["GET", "POST"])
def link_chart(request):
    """The answer says nothing of whether the clinic has this address."""
    demand_role(request.user, Role.PATIENT)
    form = ContactForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            linking.send_code(form.cleaned_data["contact"], by=request.user)
        except PortalError as error:
            add_refusal(form, error)
        else:
            return redirect("link-chart-code")
    return _page(request, form, "accounts/profile/link.html")


@require_http_methods(["GET", "POST"])
def link_chart_code(request):
    demand_role(request.user, Role.PATIENT)
    form = CodeForm(request.POST if request.method == "POST" else None, today=latest_today())
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data
        try:
            linking.join_by_code(
                typed["code"], date_of_birth=typed["date_of_birth"], by=request.user
            )
        except PortalError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Your account has joined the chart that the clinic keeps."))
            return redirect("appointments")
    return _page(request, form, "accounts/profile/link_code.html")


def _page(request, form, template: str):
    return render(request, template, {"form": form}, status=422 if form.errors else 200)
