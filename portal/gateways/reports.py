"""A provider's later report about a message that it accepted."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Report:
    """`provider_id` identifies one copy of a message; `about` is the notification, if the report
    names it.

    `answer` is the provider's reason in plain words; it contains no phone number and no message
    text.
    """

    provider_id: str
    delivered: bool
    answer: str = ""
    about: int | None = None


def as_id(text: object) -> int | None:
    """The id of a notification, from a value that a provider returned; None if it is invalid."""
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
