"""Reminders when they are about to be sent: their hours, and several that are one message (D02).

The leader is sent for itself and for those that are merged into it. If its own appointment has
been cancelled or moved meanwhile, it goes out for the others. In the ledger a merged notification
shows the state and the moment of its leader; one whose appointment had gone by then is void.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from portal.appointments.queries.reminder_times import next_hour
from portal.enums import AppointmentState, NotificationState
from portal.models import ClinicSettings, Notification


def any_stands(notification: Notification) -> bool:
    """Whether there is still something to remind of. One query, for a leader only."""
    return any(_stands(one) for one in _together(notification))


def not_before(notification: Notification) -> datetime | None:
    """When reminders go out again, if it is no hour for them at the office now: one query."""
    now, zone = timezone.now(), ZoneInfo(notification.facts["zone"])
    moment = next_hour(now, zone, ClinicSettings.current())
    return moment if moment > now else None


def renew(notification: Notification) -> None:
    """Let it speak of what still stands, the first of it foremost, and of the doctors who have the
    appointments now: one may have been handed over since it was planned. One query; two for a
    leader."""
    own, *others = [_own_facts(one) for one in _together(notification) if _stands(one)]
    is_leader = "others" in notification.facts
    notification.facts = own | ({"others": others} if is_leader else {})


def follow(leader: Notification) -> None:
    """Give those merged into `leader` the state that it has come to. Two queries, if there are any.

    A failed one may be sent again, and then they too have failed before.
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
    """Confirmed for the time of which it speaks, and not so near that a reminder is of no use."""
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
