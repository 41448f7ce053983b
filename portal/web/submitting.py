"""The one shape of a view that changes something: form valid, service called, refusal told.

form = SpecialtyForm(sent(request))
submission = submit(form, lambda: services.add(by=request.user, **form.cleaned_data))
if submission.is_done:
    messages.success(request, _("Saved."))
    return redirect("manage-specialties")
return render(request, TEMPLATE, {"form": form}, status=submission.status)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, QueryDict
from django_stubs_ext import StrOrPromise

from portal.errors import PortalError
from portal.web.refusals import add_refusal


@dataclass(frozen=True)
class Submission:
    """What came of a form. `made` is what the service returned, `status` that of the page that
    shows the form again."""

    is_done: bool = False
    made: Any = None
    status: int = 200
    refusal: PortalError | None = None


def sent(request: HttpRequest) -> QueryDict | None:
    """The data of a form that was sent; None if the page is only opened."""
    return request.POST if request.method == "POST" else None


def submit(form: BaseForm, service: Callable[[], object]) -> Submission:
    """Call the service if the form was sent and is valid. What it refuses becomes an error of the
    form; `service` may read `form.cleaned_data`."""
    if not form.is_bound:
        return Submission()
    if not form.is_valid():
        return Submission(status=422)
    try:
        return Submission(is_done=True, made=service())
    except PortalError as error:
        add_refusal(form, error)
        return Submission(status=error.status, refusal=error)


def press(request: HttpRequest, service: Callable[[], object], *, said: StrOrPromise) -> None:
    """Call the service for a button without a form. A message says what came of it: `said`, or why
    it was refused."""
    try:
        service()
    except PortalError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, str(said))
