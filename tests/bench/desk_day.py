"""The day sheet of an office with twelve doctors, which the seeded offices do not have."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.clock.grid import local_day
from portal.models import Appointment, Assistant, Doctor, Office, Slot
from tests.bench.asked import Asked

DOCTORS = 12


def today(**filters: str) -> Asked:
    """Today's, with a next mark for each who is to come."""
    return _asked(ahead=0, **filters)


def unchanged() -> Asked:
    """What a sheet in columns asks for every few seconds. Not of today's, which ages meanwhile, and
    of a day that the bookings of this run stay away from: they take the first and the last slots.
    """
    asked = _asked(ahead=3, view="columns")
    client = Client()
    client.force_login(asked.user)
    headers = {"HX-Request": "true", "HX-Trigger": "desk-refresh"}
    tag = client.get(asked.paths[0], headers=headers)["ETag"]
    return replace(asked, headers={**headers, "If-None-Match": tag})


def _asked(*, ahead: int, **filters: str) -> Asked:
    office = Office.objects.order_by("pk").first()
    day = timezone.now().astimezone(office.zone).date() + timedelta(days=ahead)
    _bring_together(office, *local_day(day, office.zone))
    desk = Assistant.objects.order_by("pk").first().user
    query = urlencode({"office": office.pk, "day": day, **filters})
    return Asked(desk, [f"{reverse('desk')}?{query}"])


def _bring_together(office: Office, start, end) -> None:
    """The first twelve doctors all work there on that day; a small clinic has fewer."""
    doctors = list(Doctor.objects.order_by("pk").values_list("pk", flat=True)[:DOCTORS])
    for model in (Slot, Appointment):
        of_day = model.objects.filter(doctor__in=doctors, starts_at__gte=start, starts_at__lt=end)
        of_day.update(office=office)
