"""Comparing what htmx is sent with the same part of a freshly loaded page."""

import re


def same_part(page: bytes, fragment: bytes) -> bool:
    """Whether the fragment stands in the page word for word, but for out-of-band markers and the
    tokens of forms, which are masked anew each time."""
    bare = re.sub(r' hx-swap-oob="\w+"', "", _without_tokens(fragment)).strip()
    return bool(bare) and bare in _without_tokens(page)


def _without_tokens(page: bytes) -> str:
    return re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", page.decode())
