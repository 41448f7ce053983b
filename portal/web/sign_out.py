"""Clears the portal's data from the browser at sign-out."""

from django.utils.decorators import sync_only_middleware

EVERYTHING = '"cache", "cookies", "storage"'


@sync_only_middleware
def clear_site_data(get_response):
    """`Clear-Site-Data` on the response of the sign-out page. Browsers obey it over HTTPS only."""

    def middleware(request):
        response = get_response(request)
        if _has_signed_out(request):
            response["Clear-Site-Data"] = EVERYTHING
        return response

    return middleware


def _has_signed_out(request) -> bool:
    """False if the user only left another account to reset its password; that goes on in a new
    session."""
    match = request.resolver_match
    if request.method != "POST" or match is None or match.url_name != "account_logout":
        return False
    before = getattr(request, "_cached_user", None)
    return bool(before and before.is_authenticated and not request.user.is_authenticated)
