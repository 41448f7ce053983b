"""The rows that refer to a patient, and which of them move when two patients are merged (A17)."""

from collections.abc import Iterator

from django.db.models import ForeignKey, ForeignObjectRel, QuerySet

from portal.models import (
    Appointment,
    EncounterNote,
    Notification,
    Patient,
    PatientPhone,
    ProxyAccess,
    Wait,
    locks,
)
from portal.models.household import STANDING

# `table.field`. Whoever adds a reference to a patient says here what becomes of it in a merge; a
# test demands it. A unique key over the patient needs a line in `_movable`.
MOVE = (
    "appointment.patient",
    "wait.patient",
    "series.patient",
    "patientphone.patient",
    "patientorigin.patient",
    "proxyaccess.patient",
    "importrow.like",
    "encounternote.patient",
    "erasurerequest.patient",
    "notification.patient",
)
STAY = {
    "distinctpatients.first": "says something about these two rows; the one who stays is another",
    "distinctpatients.second": "says something about these two rows; the one who stays is another",
    "linkcode.patient": "a code proves who has the address of that chart; it ends after minutes",
    "patient.merged_into": "chains are followed step by step, so that each can be taken back",
    "patientmerge.kept": "a record",
    "patientmerge.gone": "a record",
}
_LOCKED = (Appointment, Wait, Notification)  # in the order of portal/models/locks.py
_OF_APPOINTMENTS = (Wait, Notification, EncounterNote)

Moved = dict[str, list[int]]  # ids by table and field


def key_of(field: ForeignKey) -> str:
    """Its name in MOVE or STAY."""
    return f"{field.model._meta.model_name}.{field.name}"


def references() -> dict[str, ForeignKey]:
    """Every foreign key to a patient, by its name in MOVE or STAY."""
    related = Patient._meta.get_fields(include_hidden=True)
    fields = [one.field for one in related if isinstance(one, ForeignObjectRel)]
    return {key_of(one): one for one in fields if isinstance(one, ForeignKey)}


def move_all(gone: Patient, kept: Patient) -> Moved:
    """Give all that is gone's to kept; both are locked. Locks appointments, entries of the waiting
    list and messages. Returns what was moved."""
    moved = {}
    for key, field in _moving():
        rows = _movable(field, gone, kept)
        if pks := _move(field, rows, kept):
            moved[key] = pks
    return moved


def move_back(moved: Moved, kept: Patient, gone: Patient) -> Moved:
    """Give back what was moved and still is kept's, with the entries, notes and messages that have
    come to these appointments since. Both are locked; locks as `move_all`."""
    returned: Moved = {}
    for key, field in _moving():
        rows = field.model._default_manager.filter(pk__in=moved.get(key, []))
        if field.model in _OF_APPOINTMENTS:
            of_appointments = returned.get("appointment.patient", [])
            rows |= field.model._default_manager.filter(appointment__in=of_appointments)
        if pks := _move(field, rows.filter(**{field.name: kept}), gone):
            returned[key] = pks
    return returned


def _moving() -> Iterator[tuple[str, ForeignKey]]:
    """The locked tables first, in their order."""
    found = {key: field for key, field in references().items() if key not in STAY}
    yield from sorted(found.items(), key=lambda item: (_turn(item[1]), item[0]))


def _turn(field: ForeignKey) -> int:
    return _LOCKED.index(field.model) if field.model in _LOCKED else len(_LOCKED)


def _movable(field: ForeignKey, gone: Patient, kept: Patient) -> QuerySet:
    """A phone number that both have stays where it is, and so does an access that the user has to
    the other too."""
    rows = field.model._default_manager.filter(**{field.name: gone})
    if field.model is PatientPhone:
        return rows.exclude(number__in=known_numbers(kept))
    if field.model is ProxyAccess:
        return rows.exclude(user__in=_standing_users(kept))
    return rows


def _standing_users(patient: Patient) -> list[int]:
    """Who looks after the patient already, and the patient's own login."""
    users = patient.proxy_accesses.filter(state__in=STANDING).values_list("user", flat=True)
    return [pk for pk in (patient.user_id, *users) if pk]


def known_numbers(patient: Patient) -> list:
    """The main number and the further ones: one query."""
    further = patient.further_phones.order_by().values_list("number", flat=True)
    return [one for one in (patient.phone, *further) if one]


def _move(field: ForeignKey, rows: QuerySet, to: Patient) -> list[int]:
    if field.model in _LOCKED:
        pks = locks.hold_rows(rows)
    else:
        pks = list(rows.order_by("pk").values_list("pk", flat=True))
    if pks:
        field.model._default_manager.filter(pk__in=pks).update(**{field.name: to})
    return pks
