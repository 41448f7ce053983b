"""Messages from the clinic to many recipients: saved in one step, written out by the worker (D03,
D06)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.enums import Channel
from portal.errors import PortalError, StaleState
from portal.models import Broadcast, Notification, Patient, User
from portal.models.names import fold
from portal.notifications.declaration import Recipient
from portal.notifications.events import CLINIC_MESSAGE, Sending
from portal.notifications.queries import recipients
from portal.notifications.queries.recipients import Group, Person
from portal.notifications.services import wording
from portal.notifications.services.notifications import tell
from portal.notifications.services.queue import later
from portal.permissions.authority import demand

BATCH = 300  # people whose messages are written in one transaction

# What makes two broadcasts the same when a form is sent twice.
_SAID = (
    *("audience", "user_id", "role", "office_id", "doctor_id", "day"),
    *("title", "text", "channels"),
)


@dataclass(frozen=True)
class Preview:
    """The texts as recipients will read them, and the number of recipients by channel."""

    subject: str  # and the title in the portal
    mail: str
    portal: str
    sms: str
    sms_is_cut: bool  # too long for an SMS, which is then cut
    people: int
    reached: dict[Channel, int]
    unreached: int


def preview(draft: Broadcast, *, by: User) -> Preview:
    """The texts as `by` would get them, and how many recipients there would be. Writes nothing.
    Four queries at most.

    Uses the same functions that render the texts for sending.
    """
    demand(by, "portal.manage_messages", draft)
    groups = recipients.groups(draft)
    reached = {channel: 0 for channel in Channel if channel in draft.channels.split()}
    unreached = 0
    for group in groups:
        channels = _channels(draft, _somebody_of(group))
        for channel in channels:
            reached[channel] += group.people
        unreached += 0 if channels else group.people
    mail = wording.email(_sample(draft, Channel.EMAIL, by))
    sms = wording.short(_sample(draft, Channel.SMS, by))
    return Preview(
        subject=str(mail.subject),
        mail=str(mail.body),
        portal=wording.short(_sample(draft, Channel.PORTAL, by)),
        sms=sms,
        sms_is_cut=not _letters(sms).endswith(_letters(draft.text)),
        people=sum(group.people for group in groups),
        reached=reached,
        unreached=unreached,
    )


@retried
def broadcast(draft: Broadcast, *, by: User) -> Broadcast:
    """Save a message that the worker sends to all its recipients. `draft` is a Broadcast that is
    not saved yet.

    The same form token with the same message returns the broadcast that it made before. Writes the
    Broadcast, an AuditEvent and a task. Raises Forbidden; StaleState if the token was used for
    another message; PortalError if nobody would be reached. Source: requirement D03.
    """
    demand(by, "portal.manage_messages", draft)
    draft.by = by
    if earlier := _made_by_same_form(draft):
        return earlier
    if not any(_channels(draft, _somebody_of(group)) for group in recipients.groups(draft)):
        raise PortalError(_("This would reach nobody."), field="audience")
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
            audit.record(
                "broadcast",
                draft,
                by=by,
                audience=draft.audience,
                user=draft.user_id,
                role=draft.role,
                office=draft.office_id,
                doctor=draft.doctor_id,
                day=draft.day.isoformat() if draft.day else None,
                channels=draft.channels.split(),
            )
            later("spread", broadcast_id=draft.pk)
    except IntegrityError:  # the same form, at the same moment
        if earlier := _made_by_same_form(draft):
            return earlier
        raise
    return draft


def spread(broadcast_id: int) -> None:
    """Write the Notifications of all recipients and the tasks that deliver them. Called by the
    worker.

    Each batch is one transaction with its tasks, under unique keys. A run that died half-way can be
    repeated: existing notifications stay as they are. Does nothing if the broadcast is complete.
    """
    found = Broadcast.objects.select_related("doctor__office").get(pk=broadcast_id)
    if found.spread_at:
        return
    sending = Sending(found, recipients.appointments_by_patient(found))
    for people in recipients.in_batches(found, BATCH):
        _tell(sending, people)
    Broadcast.objects.filter(pk=found.pk, spread_at=None).update(
        spread_at=timezone.now(), recipients=_told(found)
    )


@retried
@transaction.atomic
def _tell(sending: Sending, people: Iterable[Person]) -> None:
    to = [_recipient(person) for person in people]
    tell(CLINIC_MESSAGE.name, about=sending, by=sending.broadcast.by, to=to)


def _channels(broadcast: Broadcast, person: Person) -> list[Channel]:
    """The chosen channels that reach this person."""
    return CLINIC_MESSAGE.channels_to(_recipient(person), Sending(broadcast, {}))


def _recipient(person: Person) -> Recipient:
    return Recipient("user", person.user, person.patient)


def _somebody_of(group: Group) -> Person:
    """One person of the group; all of them are reached in the same way."""
    state, off = group.state or "", group.switched_off or ""
    user = User(state=state, switched_off=off) if group.has_login else None
    patient = Patient(
        phone="+34600000000" if group.has_phone else "",
        email="one@example.org" if group.has_email else "",
        is_not_written_to=group.is_not_written_to,
        deceased_on=date.min if group.is_deceased else None,
    )
    return Person(user, patient)


def _sample(draft: Broadcast, channel: Channel, by: User) -> Notification:
    facts = CLINIC_MESSAGE.facts_of(Sending(draft, {}), by, {})
    name = CLINIC_MESSAGE.name
    return Notification(pk=0, event=name, channel=channel, user=by, address=by.email, facts=facts)


def _letters(text: str) -> str:
    """The characters that an SMS keeps when it is not cut; it may lose accents and typographic
    quotes."""
    return "".join(char for char in fold(text) if char.isalnum())


def _told(broadcast: Broadcast) -> int:
    """The number of people, not of messages."""
    told = Notification.objects.filter(broadcast=broadcast).order_by()
    with_login = told.exclude(user=None).values("user").distinct().count()
    return with_login + told.filter(user=None).values("patient").distinct().count()


def _made_by_same_form(draft: Broadcast) -> Broadcast | None:
    earlier = Broadcast.objects.filter(form_token=draft.form_token).first()
    if earlier is None:
        return None
    is_same = all(getattr(earlier, name) == getattr(draft, name) for name in _SAID)
    if earlier.by_id != draft.by_id or not is_same:
        raise StaleState(_("Another message was sent with this form. Please check this one again."))
    return earlier
