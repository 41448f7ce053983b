"""Comparing what htmx is sent with the same part of a freshly loaded page."""

import re


def same_part(page: bytes, fragment: bytes) -> bool:
    """Whether the fragment stands in the page word for word, out-of-band markers apart."""
    bare = re.sub(r' hx-swap-oob="\w+"', "", fragment.decode()).strip()
    return bool(bare) and bare in page.decode()
