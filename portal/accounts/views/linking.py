"""“The clinic already knows me”: a user joins the chart that the desk keeps (requirement A09)."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts.forms.linking import CodeForm, ContactForm
from portal.accounts.services import linking
from portal.clock.today import latest_today
from portal.enums import Role
from portal.web.fetch import demand_role
from portal.web.submitting import sent, submit


@require_http_methods(["GET", "POST"])
def link_chart(request):
    """The answer says nothing of whether the clinic has this address."""
    demand_role(request.user, Role.PATIENT)
    form = ContactForm(sent(request))
    submission = submit(
        form, lambda: linking.send_code(form.cleaned_data["contact"], by=request.user)
    )
    if submission.is_done:
        return redirect("link-chart-code")
    return render(request, "accounts/profile/link.html", {"form": form}, status=submission.status)


@require_http_methods(["GET", "POST"])
def link_chart_code(request):
    demand_role(request.user, Role.PATIENT)
    form = CodeForm(sent(request), today=latest_today())

    def join():
        typed = form.cleaned_data
        linking.join_by_code(typed["code"], date_of_birth=typed["date_of_birth"], by=request.user)

    submission = submit(form, join)
    if submission.is_done:
        messages.success(request, _("Your account has joined the chart that the clinic keeps."))
        return redirect("appointments")
    template = "accounts/profile/link_code.html"
    return render(request, template, {"form": form}, status=submission.status)
