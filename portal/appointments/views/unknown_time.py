"""Where a patient's link leads that names a time which is not theirs to see."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404
from django.shortcuts import render


def leads_on(view: Callable) -> Callable:
    """Patients get 404 with what to do next instead of the bare page; it says nothing of the time,
    and is the same for one that never was."""

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except Http404:
            if not request.user.is_patient:
                raise
            return render(request, "appointments/booking/unknown.html", status=404)

    return wrapper
