"""Keeps personal data out of all caches, in browsers and proxies."""

from django.conf import settings
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from django.utils.decorators import sync_only_middleware

from portal.web.secret_paths import has_secret

_MARK = "is_for_everyone"


def for_everyone(response: HttpResponseBase) -> None:
    """Mark a file that is the same for everybody, signed in or not, such as a public photo."""
    setattr(response, _MARK, True)


@sync_only_middleware
def no_store(get_response):
    """`Cache-Control: no-store, private` for signed-in users, and for URLs with a secret part.

    For pages, fragments, files and error pages. No query. Visitors' pages are not changed, nor is
    what a view has marked by `for_everyone`.
    """

    def middleware(request):
        response = get_response(request)
        if getattr(response, _MARK, False):
            return response
        if _is_somebodys(request, response) or has_secret(request.path):
            if response.has_header("Cache-Control"):
                del response["Cache-Control"]  # “max-age” or “no-cache” would only confuse
            patch_cache_control(response, no_store=True, private=True)
        return response

    return middleware


def _is_somebodys(request, response) -> bool:
    """If the view has not read the user, a session cookie is enough."""
    if settings.SESSION_COOKIE_NAME in response.cookies:  # signing in or out
        return True
    user = getattr(request, "_cached_user", None)
    return (
        settings.SESSION_COOKIE_NAME in request.COOKIES if user is None else user.is_authenticated
    )
