"""Wednesday 4 March 2026 at noon in Madrid, and what happens on that day."""

from datetime import datetime

import pytest
import time_machine

from portal.desk.rows.desk_lines import DeskLine
from portal.web.templatetags.rows import Kept
from tests.factories import AppointmentFactory, SlotFactory

NOON = "2026-03-04 12:00 +0100"


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def at(doctor, hour: int, minute: int = 0, **values):
    starts_at = datetime(2026, 3, 4, hour, minute, tzinfo=doctor.office.zone)
    return AppointmentFactory(doctor=doctor, starts_at=starts_at, **values)


def free_at(doctor, hour: int, minute: int = 0, **values):
    starts_at = datetime(2026, 3, 4, hour, minute, tzinfo=doctor.office.zone)
    return SlotFactory(doctor=doctor, starts_at=starts_at, **values)


def lines_of(response) -> list[DeskLine]:
    """Those on the page, each made."""
    return [
        line.make()._replace(kind=line.kind) if isinstance(line, Kept) else line
        for line in response.context["lines"]
    ]
