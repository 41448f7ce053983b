"""The WSGI request class, which removes charsets that Python knows but that are not for text."""

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

from portal.web.typed_text import CHARSET_IS_KNOWN, is_known


class PortalRequest(WSGIRequest):
    """Django decodes the URL with the charset of the body while it creates the request, where no
    error is caught. An unknown charset is removed here, and `readable_requests` answers 400."""

    def __init__(self, environ):
        kind, given = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
        environ[CHARSET_IS_KNOWN] = is_known(given.get("charset"))
        if not environ[CHARSET_IS_KNOWN]:
            environ["CONTENT_TYPE"] = kind
        super().__init__(environ)


class PortalHandler(WSGIHandler):
    request_class = PortalRequest
