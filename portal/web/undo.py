"""Messages with a button that undoes the last action."""

from django.contrib import messages
from django.utils.http import url_has_allowed_host_and_scheme


def success_with_undo(request, text: str, url: str) -> None:
    """`text` with “Undo”, which posts to `url`, a path of the portal; see components/messages.html.

    The form also sends `back`, the page with the message: see `way_back`.
    """
    messages.success(request, text, extra_tags=url)


def way_back(request, default: str) -> str:
    """The path in the posted `back`, if it belongs to the portal; or else `default`."""
    back = request.POST.get("back", "")
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if is_ours else default
