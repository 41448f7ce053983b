"""The clinic's offices (requirement B01)."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.web import choices


@login_not_required
@require_GET
def offices(request):
    """Public, because visitors look for the address and the phone number."""
    return render(request, "clinic/offices/list.html", {"offices": choices.offices_in_full()})
