"""Middleware around every request, outermost first: request_context, portal_errors."""

import uuid

from django.utils.decorators import sync_only_middleware

from portal import request_context as context
from portal.errors import PortalError
from portal.web.addresses import client_address
from portal.web.refusals import outage, portal_error


@sync_only_middleware
def request_context(get_response):
    """Gives each request an id, which the audit trail stores and the response carries as
    `X-Request-ID`."""

    def middleware(request):
        request_id = request.request_id = str(uuid.uuid4())
        token = context.begin(context.RequestContext(request_id, client_address(request)))
        try:
            response = get_response(request)
        finally:
            context.end(token)
        response["X-Request-ID"] = request_id
        return response

    return middleware


@sync_only_middleware
def portal_errors(get_response):
    """A PortalError that the view does not handle becomes an error page; so does an unavailable
    database."""

    def middleware(request):
        return get_response(request)

    def process_exception(request, exception):
        if isinstance(exception, PortalError):
            return portal_error(request, exception)
        return outage(request, exception)

    middleware.process_exception = process_exception  # type: ignore[attr-defined]  # Django looks for it there
    return middleware
