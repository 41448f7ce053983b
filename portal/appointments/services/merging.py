"""Checks reminders just before they are sent: sending hours, and several reminders in one message
(D02).

One notification, the leader, is sent for itself and for those that are merged into it. If the
leader's own appointment was cancelled or moved, it is still sent for the others. The list of
messages shows a merged notification with the state and time of its leader, or as void if its own
appointment was gone by then.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from portal.appointments.queries.reminder_times import next_hour
from portal.enums import AppointmentState, NotificationState
from portal.models import ClinicSettings, Notification


def any_stands(notification: Notification) -> bool:
    """Whether any of its appointments still needs the reminder. One query, for a leader only."""
    return any(_stands(one) for one in _together(notification))


def not_before(notification: Notification) -> datetime | None:
    """When reminders may be sent again, if the office's sending hours are over now: one query."""
    now, zone = timezone.now(), ZoneInfo(notification.facts["zone"])
    moment = next_hour(now, zone, ClinicSettings.current())
    return moment if moment > now else None


def renew(notification: Notification) -> None:
    """Update the facts to the appointments that are still confirmed, the first one first, and to
    their present doctors, because an appointment may have been handed over since. One query; two
    for a leader."""
    own, *others = [_own_facts(one) for one in _together(notification) if _stands(one)]
    is_leader = "others" in notification.facts
    notification.facts = own | ({"others": others} if is_leader else {})


def follow(leader: Notification) -> None:
    """Give the notifications that are merged into `leader` its new state. Two queries, if there are
    any.

    If a failed leader is sent again, their state before is failed too.
    """
    if leader.is_waiting or "others" not in leader.facts:
        return
    waiting = leader.merged.filter(state__in=(NotificationState.QUEUED, NotificationState.FAILED))
    told = [facts["appointment"] for facts in (leader.facts, *leader.facts["others"])]
    waiting.exclude(appointment__in=told).update(state=NotificationState.VOID)
    waiting.update(state=leader.state, sent_at=leader.sent_at, answer=leader.answer)


def _together(leader: Notification) -> list[Notification]:
    if "others" not in leader.facts:
        return [leader]
    return [leader, *leader.merged.select_related("appointment__doctor").order_by("pk")]


def _stands(notification: Notification) -> bool:
    """Confirmed at the time that the reminder names, and early enough for the reminder to be
    useful."""
    appointment, facts = notification.appointment, notification.facts
    return (
        appointment is not None
        and appointment.state == AppointmentState.CONFIRMED
        and facts["appointment"] == appointment.pk  # a leader may speak of others only
        and facts["starts_at"] == appointment.starts_at.isoformat()
        and timezone.now() < datetime.fromisoformat(facts["until"])
    )


def _own_facts(notification: Notification) -> dict:
    own = {name: value for name, value in notification.facts.items() if name != "others"}
    appointment = notification.appointment
    return own | ({"doctor": appointment.doctor.name} if appointment else {})
