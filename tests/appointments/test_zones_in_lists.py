"""A list by moment names the zone beside the time where zones differ in it, and not elsewhere."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from portal.appointments.queries.message_facts import facts_of
from portal.notifications.services import wording
from tests.factories import AppointmentFactory, NotificationFactory, OfficeFactory, SlotFactory
from tests.plugins.people import signed_in

DAY = {"day": "2026-03-04"}


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(datetime(2026, 3, 4, 7, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def canary(db):
    return OfficeFactory(name="Tenerife", time_zone="Atlantic/Canary")


def at(hour: int) -> datetime:
    return datetime(2026, 3, 4, hour, tzinfo=UTC)


LISTS = {
    "own list": ("patient", reverse("appointments")),
    "own search": ("patient", reverse("search") + "?doctor=dr"),
    "own dashboard": ("patient", reverse("dashboard")),
    "doctor's list": ("doctor", reverse("appointments")),
    "doctor's day": ("doctor", reverse("appointments") + "?day=2026-03-04"),
    "doctor's dashboard": ("doctor", reverse("dashboard")),
    "doctor's search": ("doctor", reverse("search") + "?q=jos"),
    "doctor's slots": ("doctor", reverse("schedule-slots")),
    "free times": ("patient", reverse("slots")),
}


@pytest.mark.parametrize("name", LISTS)
def test_zones_stand_beside_times_where_they_differ(name, patient, doctor, canary):
    who, url = LISTS[name]
    client = signed_in({"patient": patient, "doctor": doctor}[who].user)
    own = {"patient": patient, "doctor": doctor}
    AppointmentFactory(**own, starts_at=at(9))
    AppointmentFactory(**own, starts_at=at(10))
    SlotFactory(doctor=doctor, starts_at=at(12))
    alike = client.get(url).content.decode()
    AppointmentFactory(**own, starts_at=at(11), office=canary)
    SlotFactory(doctor=doctor, office=canary, starts_at=at(13))

    page = client.get(url).content.decode()

    assert beside(page, "Canary time")
    assert beside(page, "Madrid time")
    assert not beside(alike, "Madrid time")


def beside(page: str, zone: str) -> bool:
    return f"{zone}</small>" in page or f'<span class="muted">{zone}</span><div' in page


def test_a_day_has_one_heading_though_it_ends_later_elsewhere(doctor):
    """Late in Auckland, early in Lima: the days of the two take turns by the moment."""
    auckland = OfficeFactory(time_zone="Pacific/Auckland")
    lima = OfficeFactory(time_zone="America/Lima")
    for office, hour in ((auckland, 10), (lima, 11), (auckland, 12), (lima, 13)):
        AppointmentFactory(doctor=doctor, office=office, starts_at=at(hour))
        SlotFactory(doctor=doctor, office=office, starts_at=at(hour + 5))
    client = signed_in(doctor.user)

    groups = client.get(reverse("appointments")).context["groups"]
    days = client.get(reverse("schedule-slots")).context["days"]
    free = client.get(reverse("slots")).context["groups"]

    for found in (groups, days, free):
        headings = [day for day, _lines in found]
        assert len(headings) == len(set(headings)) == 2


def test_a_doctors_page_names_the_zone_of_another_office(client, doctor, canary):
    SlotFactory(doctor=doctor, starts_at=at(12))
    SlotFactory(doctor=doctor, office=canary, starts_at=at(13))

    page = client.get(doctor.get_absolute_url(), DAY).content.decode()

    assert "Tenerife, Canary time" in page


def test_other_times_that_are_offered_name_a_zone_that_differs(patient, doctor, canary):
    slot = SlotFactory(doctor=doctor, starts_at=at(12), state="taken")
    SlotFactory(doctor=doctor, starts_at=at(13))
    SlotFactory(doctor=doctor, office=canary, starts_at=at(14))
    client = signed_in(patient.user)

    page = client.get(reverse("slot-book", args=[slot.pk])).content.decode()

    others = page[page.index("Still free nearby") :].partition("</section>")[0]
    assert "· Tenerife, Canary time" in others
    assert "Madrid time" not in others


def test_messages_name_the_zone_of_times_elsewhere(patient, doctor, canary):
    own = AppointmentFactory(patient=patient, doctor=doctor, starts_at=at(12))
    other = AppointmentFactory(patient=patient, doctor=doctor, office=canary, starts_at=at(14))
    free = {"starts_at": at(15).isoformat(), "ends_at": at(16).isoformat()}
    away = free | {"zone": "Atlantic/Canary", "office": "Tenerife"}
    here = free | {"zone": "Europe/Madrid", "office": "North"}
    others = [facts_of(other) | {"appointment": other.pk}]

    reminder = mail("reminder", own, others=others)
    declined = mail("request_declined", own, free_times=[here, away])

    assert f"Tenerife, Canary time ({other.reference})" in reminder
    assert "16:00, North\n" in declined
    assert "15:00, Tenerife (Canary time)\n" in declined


def mail(event: str, appointment, **facts) -> str:
    told = facts_of(appointment) | {"for": "patient", "appointment": appointment.pk}
    notification = NotificationFactory(
        event=event, channel="email", appointment=appointment, address="to@example.org"
    )
    notification.facts = told | facts
    return wording.email(notification).body
