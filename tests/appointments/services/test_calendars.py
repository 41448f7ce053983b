"""The calendar file says the appointment's instant, whatever the clocks do (requirement D01)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from dateutil.tz import tzical
from icalendar import Calendar

from portal.appointments.services.calendars import Entry, invitation

HALF_AN_HOUR = timedelta(minutes=30)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
ENTRY = Entry(
    uid="appointment-17@clinic.example",
    sequence=2,
    starts_at=NOON,
    ends_at=NOON + HALF_AN_HOUR,
    zone="Europe/Madrid",
    summary="Appointment at Harbour Clinic",
    location="Harbour, 1 Street",
    url="https://clinic.example/appointments/17/",
    organiser=("Harbour Clinic", "clinic@clinic.example"),
    attendee=("Ana Ruiz", "ana@example.org"),
    noted_at=datetime(2026, 1, 2, tzinfo=UTC),
)
# The day before, of and after each change of the clocks in 2026.
CHANGES = {
    "Europe/Madrid": ("2026-03-29", "2026-10-25"),
    "Atlantic/Canary": ("2026-03-29", "2026-10-25"),
    "Asia/Kathmandu": ("2026-03-29", "2025-12-31"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04", "2025-12-31"),
}
MOMENTS = [
    (zone, datetime.fromisoformat(f"{day}T00:00+00:00") + timedelta(minutes=minutes))
    for zone, days in CHANGES.items()
    for day in days
    for minutes in range(-36 * 60, 36 * 60, 30)
]


def event_of(text: str):
    [event] = Calendar.from_ical(text).walk("VEVENT")
    return event


def read_by_its_own_rules(text: str) -> list[datetime]:
    """Start and end, with the zone from the file's VTIMEZONE alone, by another library."""
    rules = text[text.index("BEGIN:VTIMEZONE") : text.index("BEGIN:VEVENT")]
    zone = tzical(StringIO(rules)).get()
    event = event_of(text)
    return [
        (
            moment.replace(tzinfo=zone) if moment.utcoffset() or "TZID" in key.params else moment
        ).astimezone(UTC)
        for key in (event["dtstart"], event["dtend"])
        for moment in [key.dt]
    ]


@pytest.mark.parametrize("zone", CHANGES)
def test_D01_same_instant_around_clock_changes(zone):
    for moment in (moment for its, moment in MOMENTS if its == zone):
        entry = replace(ENTRY, zone=zone, starts_at=moment, ends_at=moment + HALF_AN_HOUR)
        text = invitation(entry, method="REQUEST")
        event = event_of(text)

        told = [event["dtstart"].dt.astimezone(UTC), event["dtend"].dt.astimezone(UTC)]
        assert told == [entry.starts_at, entry.ends_at], text
        assert read_by_its_own_rules(text) == told, text


def test_D01_most_times_are_on_the_offices_clock():
    text = invitation(ENTRY, method="REQUEST")

    assert "DTSTART;TZID=Europe/Madrid:20260601T140000" in text
    assert text.count("BEGIN:VTIMEZONE") == 1


@pytest.mark.parametrize(("method", "status"), [("REQUEST", "CONFIRMED"), ("CANCEL", "CANCELLED")])
def test_D01_what_a_calendar_needs_to_follow_an_appointment(method, status):
    text = invitation(ENTRY, method=method)
    event = event_of(text)

    assert Calendar.from_ical(text)["method"] == method
    assert (event["uid"], event["sequence"], event["status"]) == (ENTRY.uid, 2, status)
    assert event["dtstamp"].dt == ENTRY.noted_at
    assert event["organizer"] == "mailto:clinic@clinic.example"
    assert event["attendee"] == "mailto:ana@example.org"
    assert event["summary"] == ENTRY.summary
    assert event["location"] == ENTRY.location


def test_D01_the_same_entry_gives_the_same_file():
    assert invitation(ENTRY, method="REQUEST") == invitation(ENTRY, method="REQUEST")


def test_D01_lines_are_folded_at_75_bytes():
    entry = replace(ENTRY, location="Línea ñandú 你好 " * 30)
    text = invitation(entry, method="REQUEST")

    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert event_of(text)["location"] == entry.location
    assert "\n" not in text.replace("\r\n", "")


NASTY = 'A; "B", C:\r\nATTENDEE:mailto:evil@example.org\nBEGIN:VALARM\\n'


@pytest.mark.parametrize("field", ["summary", "location", "organiser", "attendee"])
def test_D01_names_stay_values(field):
    value = (NASTY, "a@example.org") if field in ("organiser", "attendee") else NASTY
    event = event_of(invitation(replace(ENTRY, **{field: value}), method="REQUEST"))

    assert sorted(event.keys()) == sorted(event_of(invitation(ENTRY, method="REQUEST")).keys())
    assert not event.subcomponents
    assert not isinstance(event["attendee"], list)
    if field in ("summary", "location"):
        assert event[field] == NASTY.replace("\r\n", "\n")
