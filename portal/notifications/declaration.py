"""The declaration of an event by the package in which it happens; see docs/decisions/events.md.

All other code in this package calls the declaration and does not know any event by its name.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.utils import timezone
from django_stubs_ext import StrOrPromise

from portal.enums import Channel
from portal.models import ClinicSettings, Notification, Patient, User
from portal.notifications.facts import Facts, types_of

# To one person at a time; what many get at once lets through what one person waits for.
TO_ONE, TO_MANY = 0, -10


@dataclass(frozen=True)
class Topic:
    """A heading of the preferences page; `why` says why some of it cannot be switched off."""

    name: str
    title: StrOrPromise
    why: StrOrPromise


@dataclass(frozen=True)
class Recipient:
    """A recipient. A patient whom the desk entered has no login, but may have a phone number and an
    email on file.

    `kind` is a key of `Event.channels`; templates know it as `for`. With an `address`, an email or
    a phone number with +, the message goes there, whatever its owner has switched off. With
    `is_proxy` the user looks after the patient and is told in the patient's place (A14), by mail
    and in the portal, not on the patient's phone.
    """

    kind: str
    user: User | None
    patient: Patient | None = None
    address: str = ""
    is_proxy: bool = False

    @property
    def mark(self) -> str:
        """Identifies the person in a key: `u17`, or `p4` for a patient without a login."""
        if self.user:
            return f"u{self.user.pk}"
        return f"p{self.patient.pk}" if self.patient else ""

    def gets(self, event: "Event", channel: Channel) -> bool:
        """Whether the channel reaches the recipient, and they have not switched it off."""
        if self.address:
            is_phone = self.address.startswith("+") and bool(settings.SMS_URL)
            return channel == (Channel.SMS if is_phone else Channel.EMAIL)
        if self.patient and not self.patient.is_reached_by(channel):
            return False
        if channel == Channel.SMS:
            has_phone = bool(self.patient and self.patient.phone)
            if self.is_proxy or not (settings.SMS_URL and has_phone):
                return False
        elif self.user is None:
            return (
                channel == Channel.EMAIL and self.patient is not None and bool(self.patient.email)
            )
        if self.user is None:
            return True
        is_on = channel not in event.opt_out or self.user.wants(event.name, channel)
        return self.user.is_active and is_on


@dataclass(frozen=True)
class Link:
    """The page about the object of the event; `path` is a path of the portal."""

    label: str
    path: str


@dataclass(frozen=True)
class Attachment:
    name: str
    content: str
    type: str  # as in Content-Type


@dataclass(frozen=True)
class Merging:
    """How several objects become one message. `parts` returns them: each gets a notification; the
    first one is sent, and the others are merged into it. `follow` is called with the first one when
    its state has changed, in the same transaction, and updates the others."""

    parts: Callable[[Any], Sequence]
    follow: Callable[[Notification], None]


def _nothing(*_arguments) -> None:
    pass


def _empty(*_arguments) -> dict:
    return {}


@dataclass(frozen=True, kw_only=True)
class Event:
    """An event of which recipients are notified. `about` is the object to which it happens.

    When it happens:
    - `channels`: the channels for each kind of recipient; `opt_out`: those of them that a
      recipient may switch off, under the heading `topic` of the preferences page.
    - `recipients(about, by)`: the recipients. `chosen(about)`: limits the channels to these.
    - `facts`: the types of the facts; `facts_of(about, by, given)`: those that are read
      from the object, in addition to those that the caller has given.
    - `key`: makes a notification unique, a format of `event`, `about`, `facts`, `kind`,
      `recipient`, `channel`, `nth` (empty for the first who is told by this channel) and `new`
      (never the same twice). If it can happen to the same
      object again, the key must contain what differs. `skips_known`: existing keys are skipped;
      otherwise they are an error.
    - `refers(about, recipient)`: foreign keys of the row, such as its appointment.
    - `to_given`: it goes to the address that was given, not to the person's present one.
    - `merging`: how several objects become one message. `priority`: of the task that delivers.

    When it is delivered:
    - `expiry`: the fact with the time after which it is void; `holds(notification)`:
      whether it is still true. A void message is not sent.
    - `not_before(notification)`: the time until which it must wait, if any.
    - `renew(notification)`: updates its facts.

    Its texts, from `subject.txt`, `text.txt` for mail and `short.txt` for SMS and the portal in
    `templates/notifications/<name>/`:
    - `link(notification, reader)`: the page with more information. `answer_url(notification)`:
      the page for an answer, for mail and SMS.
    - `details(notification, clinic)`: facts for the text of the mail only.
    - `attachments(notification, clinic)`: attachments of the mail.
    - `ready_made`: its facts are the finished `subject`, `text` and `html` of a mail.
    - `secret`: its facts are deleted after sending, and never shown.
    """

    name: str
    label: StrOrPromise
    topic: Topic
    channels: dict[str, tuple[Channel, ...]]
    opt_out: frozenset[Channel] = frozenset()

    recipients: Callable[[Any, User | None], Iterable[Recipient]] = lambda _about, _by: ()
    chosen: Callable[[Any], Collection[str]] = lambda _about: Channel.values
    facts: type[Facts] = Facts
    facts_of: Callable[[Any, User | None, dict], dict] = _empty
    key: str = "{about._meta.model_name}:{about.pk}:{event}:{recipient.mark}:{channel}"
    skips_known: bool = False
    to_given: bool = False
    refers: Callable[[Any, Recipient], dict] = _empty
    merging: Merging | None = None
    priority: int = TO_ONE

    expiry: str = ""
    holds: Callable[[Notification], bool] = lambda _notification: True
    not_before: Callable[[Notification], datetime | None] = _nothing
    renew: Callable[[Notification], None] = _nothing

    link: Callable[[Notification, User | None], Link | None] = _nothing
    answer_url: Callable[[Notification], str | None] = _nothing
    details: Callable[[Notification, ClinicSettings], dict] = _empty
    attachments: Callable[[Notification, ClinicSettings], Iterable[Attachment]] = _empty
    ready_made: bool = False
    secret: bool = False

    def __post_init__(self) -> None:
        used = {channel for channels in self.channels.values() for channel in channels}
        if self.opt_out - used:
            raise ValueError(f"{self.name}: a channel to switch off is not used")
        if self.expiry and self.expiry not in types_of(self.facts):
            raise ValueError(f"{self.name}: there is no fact “{self.expiry}”")
        if self.merging and self.skips_known:
            raise ValueError(f"{self.name}: what is merged cannot be passed over")

    def channels_to(self, recipient: Recipient, about: Any) -> list[Channel]:
        """The channels by which the recipient is notified of this event."""
        chosen = self.chosen(about)
        return [
            channel
            for channel in self.channels.get(recipient.kind, ())
            if channel in chosen and recipient.gets(self, channel)
        ]

    def key_of(
        self, about: Any, recipient: Recipient, channel: Channel, facts: dict, *, nth: int = 1
    ) -> str:
        """The unique key of one notification, to the `nth` who is told of it by this channel."""
        return self.key.format(
            event=self.name,
            about=about,
            kind=f"{recipient.kind}-{recipient.mark}" if recipient.is_proxy else recipient.kind,
            recipient=recipient,
            channel=channel,
            facts=facts,
            new=uuid4(),
            nth="" if nth == 1 else f":{nth}",
        )

    def is_void(self, notification: Notification) -> bool:
        """Whether it has expired or is not true any more; it is then not sent."""
        moment = self.expiry and notification.facts.get(self.expiry)
        if moment and timezone.now() >= datetime.fromisoformat(moment):
            return True
        return not self.holds(notification)
