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
from portal.appointments.queries.reminder_times import Kind, kinds, useful_until
from portal.database.written import insert
from portal.models import Appointment, ClinicSettings, Notification, Patient, User
from portal.notifications.services import notifications
from portal.notifications.services.events import EVENTS
from portal.notifications.services.notifications import Hearer
from portal.notifications.services.queue import TO_MANY

A_TASK = 50  # messages that one task delivers


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


@transaction.atomic
def _remind(kind: Kind, patients: set[int], settings: ClinicSettings) -> int:
    # no_key, or it would be in the way of everybody who tells these patients something meanwhile.
    locked = Patient.objects.select_for_update(no_key=True).filter(pk__in=patients)
    pks = list(locked.order_by("pk").values_list("pk", flat=True))
    now = timezone.now()
    messages = [
        [_notification(one, kind, settings) for one in together]
        for together in _of_one_day(queries.still_to_remind(kind, pks, settings))
        if any(queries.is_due(one, kind, settings, now) for one in together)
        and _hears(together, kind)
    ]
    for leader, *others in messages:
        if others:
            leader.facts["others"] = [other.facts for other in others]
    for start in range(0, len(messages), A_TASK):
        leaders = [leader for leader, *_others in messages[start : start + A_TASK]]
        notifications.send(leaders, priority=TO_MANY)
    for leader, *others in messages:
        for other in others:
            other.merged_into = leader  # which has its id only now
    insert([other for _leader, *others in messages for other in others])
    return len(messages)


def _of_one_day(appointments: list[Appointment]) -> list[list[Appointment]]:
    """Each patient's of one day, on the clock of the office."""

    def day(appointment: Appointment) -> tuple[int, date]:
        local = appointment.starts_at.astimezone(appointment.office.zone)
        return appointment.patient_id, local.date()

    return [list(group) for _day, group in groupby(sorted(appointments, key=day), key=day)]


def _hears(appointments: list[Appointment], kind: Kind) -> bool:
    patient = appointments[0].patient
    return Hearer("patient", patient.user, patient).can_hear(EVENTS["reminder"], kind.channel)


def _notification(appointment: Appointment, kind: Kind, settings: ClinicSettings) -> Notification:
    zone = appointment.office.zone
    until = useful_until(appointment.starts_at, zone, kind, settings)
    return Notification(
        key=queries.key_of(appointment, kind),
        event="reminder",
        channel=kind.channel,
        user=appointment.patient.user,
        patient=appointment.patient,
        appointment=appointment,
        facts=notifications.facts_of(appointment)
        | {"for": "patient", "appointment": appointment.pk, "until": until.isoformat()},
    )
