"""Middleware that refuses or removes text that cannot be stored or would garble a page.

`readable_requests` runs before anything reads the request, `clean_forms` after the messages.
docs/decisions/typed-text.md says what is refused, what is removed, and why.
"""

import codecs
import re

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, QueryDict
from django.utils.decorators import sync_only_middleware
from django.utils.translation import gettext as _

from portal.web.before_view import before_view

# Browsers send UTF-8 without naming it; the other charsets are of programs that send reports.
CHARSET_IS_KNOWN = "portal.charset_is_known"
CHARSETS = {"utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252"}

# Control characters, halves of characters, and what is no character; line ends and tabs may stay.
_NO_TEXT = re.compile("[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# They change the direction of all text after them; nobody types them on purpose.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_BREAKS = re.compile("[\x0b\x0c\x85\u2028\u2029]")
_UNCLEAN = re.compile(f"{_NO_TEXT.pattern}|{_TURNING.pattern}|{_BREAKS.pattern}")


def is_text(value: str) -> bool:
    """The text can be stored and shown."""
    return not _NO_TEXT.search(value)


def cleaned(value: str) -> str:
    """The text without characters that cannot be stored or that change the direction of text."""
    return _TURNING.sub("", _NO_TEXT.sub("", _BREAKS.sub("\n", value)))


@sync_only_middleware
def readable_requests(get_response):
    """Answers 400 to a body in an unknown charset, and ignores cookies that are not valid text."""

    def middleware(request):
        if not request.META.get(CHARSET_IS_KNOWN, True):
            raise BadRequest("This charset is not known.")
        for name in [name for name, value in request.COOKIES.items() if not is_text(value)]:
            del request.COOKIES[name]
        return get_response(request)

    return middleware


@before_view
def clean_forms(request, view, arguments):
    """Answers 400 or 404 to a URL that is not valid text. Removes invalid characters from forms and
    says so; requests of programs (exempt from CSRF) are refused like a URL."""
    if not all(is_text(str(value)) for value in arguments.values()):
        raise Http404
    if not all(map(is_text, _texts(request.GET))):
        raise BadRequest("This address is no text.")
    if request.method != "POST" or not any(map(_UNCLEAN.search, _texts(request.POST))):
        return
    if getattr(view, "csrf_exempt", False):
        raise BadRequest("This report is no text.")
    request.POST = _cleaned(request.POST)
    messages.warning(
        request,
        _("Characters that cannot be seen or stored were left out of what you typed."),
    )


def is_known(charset: str | None) -> bool:
    try:
        return not charset or codecs.lookup(charset).name in CHARSETS
    except LookupError:
        return False


def _texts(data: QueryDict) -> list[str]:
    return [text for name, values in data.lists() for text in (name, *values)]


def _cleaned(data: QueryDict) -> QueryDict:
    clean = QueryDict(mutable=True)
    for name, values in data.lists():
        clean.setlist(cleaned(name), [cleaned(value) for value in values])
    clean._mutable = False
    return clean
