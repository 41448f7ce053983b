"""What the clinic has sent to the person."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.enums import Channel, NotificationState
from portal.models import Notification
from portal.notifications.registry import EVENTS
from portal.own_data.queries.section import Owner, Record, Section, records

INNER = ("key", "attempts", "claimed_by", "provider_id", "answer")  # of the delivery
WITH = {
    "appointment": "appointment__reference",
    "title": "broadcast__title",
    "text": "broadcast__text",
}


def _messages(owner: Owner) -> list[Record]:
    """Those to the user, and those to the patient before there was a user: one query.

    What a secret one said, such as a link for a new password, is left out.
    """
    its = Q(user=owner.user) | Q(user=None, patient__in=owner.patients)
    read = records(Notification.objects.filter(its).order_by("pk"), without=INNER, also=WITH)
    return [_told(one) for one in read]


def _told(one: Record) -> Record:
    event = EVENTS.get(one["event"])
    facts = {} if event is None or event.secret else one["facts"]
    subject = str(event.label) if event else one["event"]
    return one | {"facts": facts, "subject": subject}


MESSAGES = Section(
    name="messages",
    title=_("Messages to you"),
    read=_messages,
    holds=(
        "Notification.user",
        "Notification.patient",
        "Notification.appointment",
        "Notification.merged_into",
    ),
    columns=("created_at", "subject", "channel", "state", "address"),
    words={"channel": Channel.choices, "state": NotificationState.choices},
)
