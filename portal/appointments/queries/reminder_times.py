"""When a reminder is due, in an office's time zone (requirement D02). Makes no queries."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.enums import Channel
from portal.models import Appointment, ClinicSettings, User

# What is due last in a day still has a quarter of an hour to leave before the day's end.
TO_LEAVE = timedelta(minutes=15)
# Nearer than this to the start, a reminder would only reach people who are on their way.
OF_USE = timedelta(hours=2)
# How much longer or shorter than 24 hours a clock change makes a day, and more.
CLOCK_CHANGE = timedelta(hours=3)


@dataclass(frozen=True)
class Kind:
    """One kind of reminder: how many days ahead, and by which channel."""

    channel: Channel
    days: int

    @property
    def mark(self) -> str:
        """The end of the keys of its notifications: `7d:email`."""
        return f"{self.days}d:{self.channel}"


@dataclass(frozen=True)
class Reminder:
    """One reminder of one appointment, which comes with its office. `proxies`: who looks after the
    patient's appointments."""

    appointment: Appointment
    kind: Kind
    settings: ClinicSettings
    proxies: tuple[User, ...] = ()

    @property
    def key(self) -> str:
        """It holds the start, so that a moved appointment gets reminders of its own."""
        start = self.appointment.starts_at.astimezone(UTC).isoformat(timespec="seconds")
        return f"appointment:{self.appointment.pk}:reminder:{start}:{self.kind.mark}"

    @property
    def until(self) -> datetime:
        """As `useful_until`."""
        starts_at, zone = self.appointment.starts_at, self.appointment.office.zone
        return useful_until(starts_at, zone, self.kind, self.settings)


def kinds(settings: ClinicSettings) -> list[Kind]:
    """The clinic's reminders, the nearest to the start first. Two by email on one day count
    as one."""
    by_email = {settings.reminder_email_first_days, settings.reminder_email_days} - {0}
    by_sms = {settings.reminder_sms_days} - {0}
    found = [Kind(Channel.EMAIL, days) for days in by_email]
    found += [Kind(Channel.SMS, days) for days in by_sms]
    return sorted(found, key=lambda kind: (kind.days, kind.channel))


def nearer(kind: Kind, settings: ClinicSettings) -> list[Kind]:
    """The later reminders by the same channel, the next one last."""
    return [
        other
        for other in kinds(settings)
        if other.channel == kind.channel and other.days < kind.days
    ]


def due_at(starts_at: datetime, zone: ZoneInfo, days: int, settings: ClinicSettings) -> datetime:
    """When the reminder is due, in UTC: the wall time of `starts_at`, so many calendar days
    earlier, moved into the sending hours.

    If a clock change skips that wall time, it is moved forward by the length of the change.
    """
    local = starts_at.astimezone(zone)
    wall = min(max(local.time(), settings.reminders_from), _last(settings)).replace(fold=0)
    return datetime.combine(local.date() - timedelta(days=days), wall, zone).astimezone(UTC)


def useful_until(
    starts_at: datetime, zone: ZoneInfo, kind: Kind, settings: ClinicSettings
) -> datetime:
    """Until when (UTC) a late reminder is still sent: until the next one by its channel is due, and
    the last one until OF_USE before the start."""
    following = nearer(kind, settings)
    if following:
        return due_at(starts_at, zone, following[-1].days, settings)
    return starts_at - OF_USE


def next_hour(now: datetime, zone: ZoneInfo, settings: ClinicSettings) -> datetime:
    """`now` if reminders may be sent there now, or else the moment (UTC) from which they may."""
    local = now.astimezone(zone)
    if settings.reminders_from <= local.time() < settings.reminders_until:
        return now
    is_early = local.time() < settings.reminders_from
    day = local.date() if is_early else local.date() + timedelta(days=1)
    return datetime.combine(day, settings.reminders_from, zone).astimezone(UTC)


def bounds(kind: Kind, now: datetime, settings: ClinicSettings) -> tuple[datetime, datetime]:
    """Two starts in UTC. Only appointments between them can have this reminder due and useful at
    `now`.

    The range is wide enough for the sending hours and a clock change.
    """
    following = nearer(kind, settings)
    first = least_lead(following[-1].days, settings) if following else OF_USE
    after_last = timedelta(days=1) - _since_midnight(_last(settings))
    return now + first, now + timedelta(days=kind.days) + after_last + CLOCK_CHANGE


def least_lead(days: int, settings: ClinicSettings) -> timedelta:
    """The shortest time between this reminder and the start; the shortest case is a reminder that
    waits for the morning."""
    lead = timedelta(days=days) - _since_midnight(settings.reminders_from) - CLOCK_CHANGE
    return max(lead, timedelta())


def _last(settings: ClinicSettings) -> time:
    """The wall time at which the last reminders of a day are due."""
    minutes = (_since_midnight(settings.reminders_until) - TO_LEAVE) // timedelta(minutes=1)
    return max(time(*divmod(max(minutes, 0), 60)), settings.reminders_from)


def _since_midnight(wall: time) -> timedelta:
    return timedelta(hours=wall.hour, minutes=wall.minute, seconds=wall.second)
