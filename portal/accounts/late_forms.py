"""A form that was sent after its session had ended is kept until its sender has signed in again.

It lies encrypted in the visitor's fresh session for a quarter of an hour, without passwords and
files, and only the same user gets it back (docs/decisions/sessions.md).
"""

import json
import time
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, UnreadablePostError
from django.urls import reverse

from portal.accounts.services import factor_secrets
from portal.errors import PortalError
from portal.models import User
from portal.web.refusals import posted_fields

KEY = "late_form"
KEEP_S = 15 * 60
MOST_BYTES = 64 * 1024
NEVER = ("/accounts/", "/session/")  # passwords, codes and sign-out


@dataclass(frozen=True)
class LateForm:
    path: str
    back: str  # the page it was on
    fields: list[tuple[str, str]]


def read(request: HttpRequest) -> LateForm | None:
    """The posted form, if it can be kept. No query."""
    if request.method != "POST" or request.path.startswith(NEVER):
        return None
    try:
        fields = posted_fields(request)
    except (UnreadablePostError, RequestDataTooBig, TooManyFieldsSent):
        return None
    form = LateForm(request.get_full_path(), _page_before(request), fields)
    is_small = len(json.dumps(asdict(form))) <= MOST_BYTES
    return form if fields and is_small else None


def keep(request: HttpRequest, form: LateForm, *, of: User) -> None:
    """Into the session, which is a visitor's by now."""
    kept = {"user": of.pk, "until": time.time() + KEEP_S, **asdict(form)}
    request.session[KEY] = factor_secrets.encrypt(json.dumps(kept))


def kept(request: HttpRequest) -> LateForm | None:
    """The form that is kept for the user who is signed in; None if there is none any more."""
    try:
        found = json.loads(factor_secrets.decrypt(request.session[KEY]))
    except (KeyError, PortalError):
        return None
    if found["user"] != request.user.pk or found["until"] < time.time():
        return None
    fields = [(name, value) for name, value in found["fields"]]
    return LateForm(found["path"], found["back"], fields)


def forget(request: HttpRequest) -> None:
    request.session.pop(KEY, None)


def path_of(address: str) -> str:
    """Path and query of an address of ours, for the way back; the start page if it is none."""
    parts = urlsplit(address)
    if not parts.path.startswith("/") or parts.path.startswith("//"):
        return reverse("dashboard")
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _page_before(request: HttpRequest) -> str:
    return path_of(request.headers.get("Referer", ""))
