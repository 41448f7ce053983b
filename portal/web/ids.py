"""Ids that come as text, from a URL or a hidden field."""


def id_of(text: str | None) -> int | None:
    """The id, or None for anything that cannot be the id of a row."""
    text = text or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
