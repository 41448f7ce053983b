"""Reminding patients of their appointments (requirement D02).

Nothing is scheduled ahead: what is due is found anew every minute, from the appointments and the
settings as they are then; docs/decisions/reminders.md says why. Several appointments of a patient
on one day are one message: the first one's notification, the leader, is sent, and those of the
others are merged into it. They wait, are sent, fail or become void with it; see merging.py.
"""

from datetime import date
from itertools import groupby

from django.db import transaction
from django.utils import timezone

from portal.appointments.queries import reminders as queries
from portal.appointments.queries.reminder_times import Kind, Reminder, kinds
from portal.database.transactions import retried
from portal.models import Appointment, ClinicSettings, User, locks
from portal.notifications.services import notifications


def send_due(*, by: User | None = None) -> int:
    """Write the reminders that are due now, and enqueue them; how many messages that makes.

    For a job that runs every minute; of any number who run it at once, one writes each reminder.
    Locks patients, a batch at a time: those who came second find nothing left. Where nothing is
    due it costs one or two queries a kind, and one for each 300 appointments that were looked at.
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
    due = [
        [Reminder(one, kind, settings) for one in together]
        for together in _of_one_day(queries.still_to_remind(kind, pks, settings))
        if any(queries.is_due(one, kind, settings, now) for one in together)
    ]
    return len(notifications.tell_each("reminder", about=due, by=None))


def _of_one_day(appointments: list[Appointment]) -> list[list[Appointment]]:
    """Each patient's of one day, on the clock of the office."""

    def day(appointment: Appointment) -> tuple[int, date]:
        local = appointment.starts_at.astimezone(appointment.office.zone)
        return appointment.patient_id, local.date()

    return [list(group) for _day, group in groupby(sorted(appointments, key=day), key=day)]
