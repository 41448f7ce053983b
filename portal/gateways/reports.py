"""What a provider tells later of a message that it took."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Report:
    """`provider_id` names one copy of a message, `about` the notification, if the report says.

    `answer` is the provider's reason in plain words; it holds no number and no text of a message.
    """

    provider_id: str
    delivered: bool
    answer: str = ""
    about: int | None = None


def as_id(text: object) -> int | None:
    """The id of a notification from what a provider has carried along; None if it is none."""
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
