"""What the keys of the own data are called in the PDF."""

from django.utils.translation import gettext_lazy as _

_LABELS = {
    "actor_role": _("Role"),
    "address": _("Address"),
    "answer_by": _("Answer until"),
    "at": _("When"),
    "by": _("By"),
    "by_link": _("With the link of a reminder"),
    "by_role": _("Role"),
    "cancel_comment": _("Comment on the cancellation"),
    "cancel_reason": _("Reason of the cancellation"),
    "cancelled_at": _("Cancelled or declined"),
    "cancelled_by": _("Cancelled or declined by"),
    "cancelled_by_role": _("Their role"),
    "booked_by_role": _("Their role"),
    "made_by_role": _("Their role"),
    "channel": _("By"),
    "coming_at": _("You said that you are coming"),
    "created_at": _("Created"),
    "doctor_name": _("Now with"),
    "due_on": _("Erased on"),
    "ended_by": _("Ended by"),
    "asked_by": _("Asked by"),
    "every_days": _("Days between"),
    "fee_cents": _("Fee"),
    "history": _("History"),
    "id": _("Number"),
    "in_room_at": _("In the room"),
    "ip": _("Network address"),
    "is_on": _("In use"),
    "last_login": _("Last sign-in"),
    "last_seen_at": _("Last seen"),
    "made_at": _("Made"),
    "moves": _("How often you moved it"),
    "nonce": _("Address"),
    "offers": _("Offered times"),
    "on": _("On"),
    "parts": _("Parts of the day"),
    "seen_at": _("Request seen"),
    "subject": _("Subject"),
    "switched_off": _("Messages switched off"),
    "user_agent": _("Browser"),
    "was_doctor": _("Before with"),
    "was_starts_at": _("Before at"),
    "what": _("What"),
}


def label_of(key: str) -> str:
    """A key without a label of its own is printed as it is: `starts_at` as “Starts”."""
    known = _LABELS.get(key)
    return str(known) if known else key.removesuffix("_at").replace("_", " ").capitalize()
