"""Reminding patients of their appointments (requirement D02).

Nothing is scheduled in advance. A job finds due reminders every minute, from the appointments and
settings at that moment; see docs/decisions/reminders.md. Several appointments of a patient on one
day get one message: the notification of the first, the leader, is sent, and the others are merged
into it. They share its state; see merging.py.
"""

from datetime import date
from itertools import groupby

from django.db import transaction
from django.utils import timezone

from portal.appointments.queries import reminders as queries
from portal.appointments.queries.message_recipients import proxies_of
from portal.appointments.queries.reminder_times import Kind, Reminder, kinds
from portal.database.transactions import retried
from portal.models import Appointment, ClinicSettings, User, locks
from portal.notifications.services import notifications


def send_due(*, by: User | None = None) -> int:
    """Write the reminders that are due now and enqueue them. Returns the number of messages.

    For a job that runs every minute; if several run at once, one of them writes each reminder.
    Locks patients, one batch at a time: a second run then finds nothing left. If nothing is due it
    makes one or two queries per kind, and one for each 300 appointments that were checked.
    """
    settings = ClinicSettings.current()
    count = 0
    for kind in kinds(settings):
        for patients in queries.patients_to_remind(kind, settings):
            if patients:
                count += _remind(kind, patients, settings)
    return count


@retried
@transaction.atomic
def _remind(kind: Kind, patients: set[int], settings: ClinicSettings) -> int:
    locks.hold_patients(patients)
    pks = sorted(patients)
    now = timezone.now()
    proxies = proxies_of(pks)
    due = [
        [Reminder(one, kind, settings, tuple(proxies.get(one.patient_id, ()))) for one in together]
        for together in _of_one_day(queries.still_to_remind(kind, pks, settings))
        if any(queries.is_due(one, kind, settings, now) for one in together)
    ]
    return len(notifications.tell_each("reminder", about=due, by=None))


def _of_one_day(appointments: list[Appointment]) -> list[list[Appointment]]:
    """The appointments of each patient on one day, in the office's time zone."""

    def day(appointment: Appointment) -> tuple[int, date]:
        local = appointment.starts_at.astimezone(appointment.office.zone)
        return appointment.patient_id, local.date()

    return [list(group) for _day, group in groupby(sorted(appointments, key=day), key=day)]
