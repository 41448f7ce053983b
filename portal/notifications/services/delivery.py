"""Sending the messages of the outbox, once each (requirement D06).

A message is claimed, sent, and marked as sent. These are three steps, because sending a mail is not
part of a database transaction. If a worker dies between the last two, the message stays claimed;
its task runs again and sends it again with the same Message-ID. A message can be sent twice only in
this case, or if a server accepts a mail and closes the connection before it answers.

`claimed_by` is the task and its run: run "<id>/2" may take over what "<id>/1" left, not the other
way round. So a slow worker whose message was taken over cannot overwrite the newer result.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from portal.database.transactions import retried
from portal.enums import Channel, NotificationState
from portal.gateways import mail, sms
from portal.gateways.errors import Refused, Unreachable
from portal.models import Notification
from portal.notifications.registry import EVENTS
from portal.notifications.services import wording
from portal.notifications.services.queue import later

logger = logging.getLogger("portal.notifications")

OVERTAKEN = "Overtaken by a later change"
NOT_WRITTEN_TO = "The patient is not written to"
CUT_OFF = "Each attempt was cut off"

TOO_EARLY = "Waits for the hours in which it may be sent"


def deliver(ids: list[int], *, claim: str, run: int = 1) -> None:
    """Send those of these notifications that are due and not sent yet.

    `claim` is the id of the task, `run` counts its runs from 1. Each message is a transaction of
    its own, so none has to wait for the others.
    """
    with mail.one_connection():
        for pk in ids:
            notification = _claimed(pk, claim, run)
            if notification is not None:
                _deliver(notification)


def task_of(notification: Notification) -> str:
    """The id of the task that claimed the notification last."""
    return notification.claimed_by.partition("/")[0]


def _claimed(pk: int, claim: str, run: int) -> Notification | None:
    """The notification if this task may send it: one conditional update. A merged one is never sent
    itself."""
    earlier = [f"{claim}/{number}" for number in range(1, run)]
    free = Q(state=NotificationState.QUEUED, due_at__lte=timezone.now())
    ours = Q(state=NotificationState.SENDING, claimed_by__in=earlier)
    claimed = Notification.objects.filter(free | ours, pk=pk, merged_into=None).update(
        state=NotificationState.SENDING, claimed_by=f"{claim}/{run}", attempts=F("attempts") + 1
    )
    if not claimed:
        return None
    return Notification.objects.select_related(
        "user", "patient", "appointment", "appointment__office", "broadcast"
    ).get(pk=pk)


def _deliver(notification: Notification) -> None:
    event = EVENTS[notification.event]
    if reason := _why_void(notification):
        _finish(notification, NotificationState.VOID, answer=reason)
        return
    if moment := event.not_before(notification):
        _queue_again(notification, moment, answer=TOO_EARLY)
        return
    if notification.attempts > len(settings.DELIVERY_PAUSES) + 1:
        _finish(notification, NotificationState.FAILED, answer=notification.answer or CUT_OFF)
        return
    try:
        event.renew(notification)
        notification.address = _address(notification)
        provider_id = _SEND[notification.channel](notification)
    except Refused as error:
        _finish(notification, NotificationState.FAILED, answer=str(error))
    except Unreachable as error:
        _try_again(notification, str(error))
    except Exception as error:  # one faulty text must not hold up all others
        logger.exception("Notification %s could not be made", notification.pk)
        _try_again(notification, f"Error in the portal: {type(error).__name__}")
    else:
        _finish(notification, NotificationState.SENT, provider_id=provider_id)


def _why_void(notification: Notification) -> str:
    """Why it is not to be sent any more; "" if it is."""
    if EVENTS[notification.event].is_void(notification):
        return OVERTAKEN
    return "" if _may_write(notification) else NOT_WRITTEN_TO


def _may_write(notification: Notification) -> bool:
    """Asked again at delivery, because the patient may have died since. Staff are told of patients;
    what a person has just asked for is sent (A16)."""
    user, patient = notification.user, notification.patient
    if patient is None or (user and user.is_staff) or EVENTS[notification.event].to_given:
        return True
    return patient.is_reached_by(notification.channel)


def _address(notification: Notification) -> str:
    """The person's present address, unless the notification was written for a certain address."""
    event = EVENTS[notification.event]
    if event.ready_made or event.to_given:
        return notification.address
    if notification.channel == Channel.SMS:
        phone = notification.patient.phone if notification.patient else None
        if not phone:
            raise Refused("There is no phone number")
        return phone.as_e164
    if notification.user:
        return notification.user.email
    of_patient = notification.patient.email if notification.patient else ""
    if not (of_patient or notification.address):
        raise Refused("There is no email address")
    return of_patient or notification.address  # the latter of somebody who has no account yet


def _email(notification: Notification) -> str:
    return mail.send(wording.email(notification), about=notification.pk)


def _sms(notification: Notification) -> str:
    return sms.send(notification.address, wording.short(notification), about=notification.pk)


_SEND: dict[str, Callable[[Notification], str]] = {Channel.EMAIL: _email, Channel.SMS: _sms}


@retried
def _finish(
    notification: Notification, state: NotificationState, *, answer: str = "", provider_id: str = ""
) -> None:
    notification.state = state
    notification.answer = answer[:300]
    notification.provider_id = provider_id[:120]
    if state == NotificationState.SENT:
        notification.sent_at = timezone.now()
    event = EVENTS[notification.event]
    if event.secret and state != NotificationState.FAILED:
        notification.facts = {}
    with transaction.atomic():
        if not _save(notification):
            notification.refresh_from_db()
        if event.merging:
            event.merging.follow(notification)
    if state == NotificationState.FAILED:
        logger.error("Notification %s failed: %s", notification.pk, notification.answer)


def _try_again(notification: Notification, answer: str) -> None:
    """Schedules the next attempt after a growing pause. After the last attempt the message has
    failed."""
    pauses = settings.DELIVERY_PAUSES
    if notification.attempts > len(pauses):
        _finish(notification, NotificationState.FAILED, answer=answer)
        return
    logger.warning("Notification %s not taken, will be tried again: %s", notification.pk, answer)
    pause = timedelta(seconds=pauses[notification.attempts - 1])
    _queue_again(notification, timezone.now() + pause, answer=answer)


@retried
def _queue_again(notification: Notification, due_at: datetime, *, answer: str) -> None:
    notification.state = NotificationState.QUEUED
    notification.answer = answer[:300]
    notification.due_at = due_at
    with transaction.atomic():
        if _save(notification):
            later("deliver", ids=[notification.pk], run_after=notification.due_at)


def _save(notification: Notification) -> bool:
    """Save the result, unless a delivery report came first or another task has taken over."""
    fields = ("state", "answer", "provider_id", "sent_at", "facts", "due_at", "address")
    ours = Notification.objects.filter(
        pk=notification.pk, state=NotificationState.SENDING, claimed_by=notification.claimed_by
    )
    return bool(ours.update(**{name: getattr(notification, name) for name in fields}))
