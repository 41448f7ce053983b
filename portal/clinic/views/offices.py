"""Where the clinic works (requirement B01)."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.web import choices


@login_not_required
@require_GET
def offices(request):
    """Open to everyone, as a sign on the door is: visitors look for the address and the phone."""
    return render(request, "clinic/offices/list.html", {"offices": choices.offices_in_full()})
