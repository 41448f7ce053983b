"""Calendar files: the attachment of a mail, the download, and the feed (requirements B22, D01; RFC
5545 and 5546)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import (
    Calendar,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vCalAddress,
    vDuration,
    vText,
)

# The clinic decides, so calendar programs need not send an answer.
_NO_ANSWER = {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
_REFRESH = timedelta(hours=1)


@dataclass(frozen=True)
class Entry:
    """One appointment in one person's calendar. `uid` never changes; `sequence` rises with each
    change. `starts_at` and `ends_at` are aware times, `zone` is the office's IANA zone. `noted_at`
    is the time of the change, so a mail that is sent again carries an identical file."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    zone: str
    summary: str
    location: str
    url: str
    organiser: tuple[str, str]  # name, address
    attendee: tuple[str, str]  # of mails only
    noted_at: datetime


def invitation(entry: Entry, *, method: str) -> str:
    """The text of the file in a mail. `method` is REQUEST (new or changed) or CANCEL."""
    calendar = _calendar(method, [entry])
    event = _event(entry, is_cancelled=method == "CANCEL")
    event["attendee"] = _address(*entry.attendee, **_NO_ANSWER)
    calendar.add_component(event)
    return calendar.to_ical().decode()


def download(entry: Entry, *, is_cancelled: bool) -> str:
    """The text of a file that a user downloads. It invites nobody: PUBLISH must not name an
    attendee (RFC 5546, 3.2.1), and CANCEL need not for a published entry."""
    calendar = _calendar("CANCEL" if is_cancelled else "PUBLISH", [entry])
    calendar.add_component(_event(entry, is_cancelled=is_cancelled))
    return calendar.to_ical().decode()


def feed(entries: list[tuple[Entry, bool]], *, name: str) -> str:
    """The text of a calendar that programs fetch repeatedly: entries, each with whether it is
    cancelled. It names only the clinic, and contains each zone once."""
    calendar = _calendar("PUBLISH", [entry for entry, _is_cancelled in entries])
    calendar.add("x-wr-calname", name)
    for property_name in ("refresh-interval", "x-published-ttl"):
        calendar.add(property_name, vDuration(_REFRESH), parameters={"VALUE": "DURATION"})
    for entry, is_cancelled in entries:
        calendar.add_component(_event(entry, is_cancelled=is_cancelled))
    return calendar.to_ical().decode()


def _calendar(method: str, entries: list[Entry]) -> Calendar:
    """A calendar without events: the clinic's name, and the zones of `entries` for the years that
    they need."""
    calendar = Calendar()
    calendar.add("prodid", "-//Clinic portal//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    years: dict[str, list[int]] = {}
    for entry in entries:
        years.setdefault(entry.zone, []).append(entry.starts_at.year)
    for name in sorted(years):
        calendar.add_component(_zone(name, min(years[name]), max(years[name])))
    return calendar


def _event(entry: Entry, *, is_cancelled: bool) -> Event:
    starts_at, ends_at = _local(entry)
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.noted_at)
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    event.add("summary", entry.summary)
    event.add("location", entry.location)
    event.add("url", entry.url)
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if is_cancelled else "OPAQUE")
    event["organizer"] = _address(*entry.organiser)
    return event


def _local(entry: Entry) -> tuple[datetime, datetime]:
    """The time in the office's zone. The second occurrence of a time that happens twice cannot be
    written so (RFC 5545, 3.3.5: the first is meant); it is written in UTC."""
    zone = ZoneInfo(entry.zone)
    moments = entry.starts_at.astimezone(zone), entry.ends_at.astimezone(zone)
    if any(moment.fold for moment in moments):
        return moments[0].astimezone(UTC), moments[1].astimezone(UTC)
    return moments


@lru_cache(maxsize=256)
def _zone(name: str, first: int, last: int) -> Timezone:
    """The zone's clock changes from the year `first` to `last` (UTC). Written here because
    icalendar starts summer time an hour late, in the time after the change."""
    zone = ZoneInfo(name)
    start, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 2, tzinfo=UTC)
    described = Timezone()
    described.add("tzid", name)
    described.add_component(_observance(start.astimezone(zone), before=_offset(start, zone)))
    while start < end:
        following = start + timedelta(days=1)
        if _offset(start, zone) != _offset(following, zone):
            change = _change(start, following, zone)
            described.add_component(_observance(change, before=_offset(start, zone)))
        start = following
    return described


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The minute between the two at which the clock changes."""
    while after - before > timedelta(minutes=1):
        middle = (before + (after - before) / 2).replace(second=0, microsecond=0)
        if _offset(middle, zone) == _offset(before, zone):
            before = middle
        else:
            after = middle
    return after.astimezone(zone)


def _observance(change: datetime, *, before: timedelta) -> TimezoneStandard | TimezoneDaylight:
    """The rule that holds from then on; its start is given in the time before the change."""
    part = TimezoneDaylight() if change.dst() else TimezoneStandard()
    part.add("dtstart", change.astimezone(UTC).replace(tzinfo=None) + before)
    part.add("tzoffsetfrom", before)
    part.add("tzoffsetto", change.utcoffset())
    part.add("tzname", change.tzname())
    return part


def _address(name: str, address: str, **parameters: str) -> vCalAddress:
    written = vCalAddress(f"mailto:{address}")
    # A parameter cannot hold a double quote at all (RFC 5545, 3.2).
    written.params["CN"] = vText(name.replace('"', "'"))
    written.params.update(parameters)
    return written
