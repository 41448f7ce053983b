"""The page for a patient whose link names a time that they may not see."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404
from django.shortcuts import render


def leads_on(view: Callable) -> Callable:
    """404 for patients, with links to free times. It says nothing about the time, and is the same
    for an id that never existed."""

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except Http404:
            if not request.user.is_patient:
                raise
            return render(request, "appointments/booking/unknown.html", status=404)

    return wrapper
