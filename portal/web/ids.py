"""Ids given as text, in a URL or a hidden field."""


def id_of(text: str | None) -> int | None:
    """The id, or None if the text cannot be an id."""
    text = text or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
