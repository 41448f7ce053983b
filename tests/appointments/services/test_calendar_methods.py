"""What each method demands and forbids (RFC 5546, 3.2), and the name that entries keep (D01)."""

from dataclasses import replace

import pytest
from icalendar import Calendar

from portal.appointments.services.calendars import download, feed, invitation
from tests.appointments.services.test_calendars import ENTRY

ALWAYS = {"UID", "DTSTAMP", "DTSTART", "ORGANIZER", "SEQUENCE", "SUMMARY"}
# Method → what must be there, what must not, which states it may tell.
RULES = {
    "PUBLISH": (ALWAYS, {"ATTENDEE", "REQUEST-STATUS"}, {"TENTATIVE", "CONFIRMED", "CANCELLED"}),
    "REQUEST": (ALWAYS | {"ATTENDEE"}, {"REQUEST-STATUS"}, {"TENTATIVE", "CONFIRMED"}),
    "CANCEL": (ALWAYS | {"STATUS"}, {"REQUEST-STATUS"}, {"CANCELLED"}),
}
OTHER = replace(ENTRY, uid="appointment-18@clinic.example", sequence=0)
FILES = {
    "mail, confirmed": (invitation(ENTRY, method="REQUEST"), "REQUEST"),
    "mail, cancelled": (invitation(ENTRY, method="CANCEL"), "CANCEL"),
    "download, confirmed": (download(ENTRY, is_cancelled=False), "PUBLISH"),
    "download, cancelled": (download(ENTRY, is_cancelled=True), "CANCEL"),
    "feed": (feed([(ENTRY, False), (OTHER, True)], name="Clinic"), "PUBLISH"),
}


def faults(text: str) -> list[str]:
    """What in this file breaks the rules of its method."""
    calendar = Calendar.from_ical(text)
    method = str(calendar["METHOD"])
    demanded, forbidden, states = RULES[method]
    events, zones = calendar.walk("VEVENT"), {str(z["TZID"]) for z in calendar.walk("VTIMEZONE")}
    found = [f"broken: {error}" for event in events for error in event.errors]
    for event in events:
        found += [f"lacks {name}" for name in demanded - set(event)]
        found += [f"may not have {name}" for name in forbidden & set(event)]
        if str(event["STATUS"]) not in states:
            found.append(f"{method} with {event['STATUS']}")
        times = (event["DTSTART"], event["DTEND"])
        used = {str(time.params["TZID"]) for time in times if "TZID" in time.params}
        found += [f"{name} without VTIMEZONE" for name in used - zones]
    if method == "REQUEST" and len({event["UID"] for event in events}) > 1:
        found.append("several UIDs in one request")
    return found


@pytest.mark.parametrize("name", FILES)
def test_D01_each_file_keeps_the_rules_of_its_method(name):
    text, method = FILES[name]

    assert Calendar.from_ical(text)["METHOD"] == method
    assert faults(text) == []


def test_D01_the_rules_notice_an_attendee_of_what_is_published():
    text = FILES["mail, confirmed"][0].replace("METHOD:REQUEST", "METHOD:PUBLISH")

    assert faults(text) == ["may not have ATTENDEE"]


def test_D01_a_mail_names_who_is_invited_and_a_download_nobody():
    assert "ATTENDEE" in FILES["mail, confirmed"][0]
    assert "ATTENDEE" in FILES["mail, cancelled"][0]
    for name in ("download, confirmed", "download, cancelled", "feed"):
        assert "ATTENDEE" not in FILES[name][0]
        assert "ana@example.org" not in FILES[name][0]
