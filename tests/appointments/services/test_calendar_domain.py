"""An entry keeps its name when the portal moves to another domain (D01)."""

from importlib import import_module

import pytest
from django.apps import apps
from icalendar import Calendar

from portal.appointments.services import calendar_entries
from portal.models import CalendarDomain
from tests.factories import AppointmentFactory, in_days

pytestmark = pytest.mark.django_db
migration = import_module("portal.migrations.0014_present_host_as_calendar_domain")


def uid_of(appointment) -> str:
    text = calendar_entries.calendar_file(appointment, reader=appointment.patient.user)
    [event] = Calendar.from_ical(text).walk("VEVENT")
    return str(event["UID"])


def test_D01_the_migration_keeps_the_host_of_calendars_sent_before(settings):
    CalendarDomain.objects.all().delete()
    settings.ORIGIN = "https://old.example:8443"

    migration.write_present_host(apps, None)
    settings.ORIGIN = "https://new.example"
    migration.write_present_host(apps, None)

    assert CalendarDomain.current() == "old.example"


def test_D01_another_domain_leaves_the_entries_as_they_are(settings):
    CalendarDomain.objects.update_or_create(pk=1, defaults={"name": "old.example"})
    appointment = AppointmentFactory(starts_at=in_days(3))
    settings.ORIGIN = "https://old.example"
    before = uid_of(appointment)

    settings.ORIGIN = "https://new.example"

    assert uid_of(appointment) == before == f"appointment-{appointment.pk}@old.example"
    assert "https://new.example/appointments/" in calendar_entries.calendar_file(
        appointment, reader=appointment.patient.user
    )
