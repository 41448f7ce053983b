"""Pages for what cannot be shown or done."""

from django.shortcuts import render

from portal.errors import PortalError


def portal_error(request, error: PortalError):
    return render(request, "error.html", {"error": error}, status=error.status)


def bad_request(request, exception=None):
    return render(request, "400.html", status=400)


def permission_denied(request, exception=None):
    return render(request, "403.html", status=403)


def page_not_found(request, exception=None):
    return render(request, "404.html", status=404)


def server_error(request):
    return render(request, "500.html", status=500)


def csrf_failure(request, reason=""):
    """The form's token is stale: most often a page left open over a sign-out."""
    return render(request, "403_csrf.html", status=403)
