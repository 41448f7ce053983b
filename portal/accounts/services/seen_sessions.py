"""When a session was last used, for the list of signed-in devices (requirement A12)."""

from allauth.usersessions.models import UserSession
from django.utils import timezone

from portal.models import User


def note(session_key: str | None, *, by: User) -> None:
    """Note that this session is in use: one query. Writes the UserSession."""
    rows = UserSession.objects.filter(user=by, session_key=session_key or "")
    rows.update(last_seen_at=timezone.now())
