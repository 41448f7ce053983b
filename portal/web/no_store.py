"""Keeps what only one person may read out of every cache: the browser's, and a proxy's."""

from django.conf import settings
from django.utils.cache import patch_cache_control
from django.utils.decorators import sync_only_middleware

from portal.web.secret_paths import has_secret


@sync_only_middleware
def no_store(get_response):
    """`Cache-Control: no-store, private` for whoever is signed in, and where the address is secret.

    Pages, fragments, files and refusals alike. Costs no query. Visitors' pages stay as they are.
    """

    def middleware(request):
        response = get_response(request)
        if _is_somebodys(request, response) or has_secret(request.path):
            if response.has_header("Cache-Control"):
                del response["Cache-Control"]  # “max-age” or “no-cache” would only confuse
            patch_cache_control(response, no_store=True, private=True)
        return response

    return middleware


def _is_somebodys(request, response) -> bool:
    """Where the view has not asked who it is, a session's cookie is enough."""
    if settings.SESSION_COOKIE_NAME in response.cookies:  # signing in or out
        return True
    user = getattr(request, "_cached_user", None)
    return (
        settings.SESSION_COOKIE_NAME in request.COOKIES if user is None else user.is_authenticated
    )
