"""The components of the design system, for developers (only with DEBUG)."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_GET


@login_not_required
@require_GET
def styleguide(request):
    return render(request, "styleguide/styleguide.html")
