"""Template context: how long the session lasts, and whether a second factor is missing."""

from django.utils.functional import SimpleLazyObject

from portal.accounts.second_factor import lacks_factor
from portal.accounts.session_limits import exact_seconds_left


def session_limit(request):
    """`session_seconds`: until the session ends unused. No query beside the clinic's settings."""
    return {
        "session_seconds": SimpleLazyObject(lambda: exact_seconds_left(request)),
        "must_set_up_factor": SimpleLazyObject(lambda: lacks_factor(request)),
    }
