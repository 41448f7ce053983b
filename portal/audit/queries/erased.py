"""What the trail no longer shows of people who were erased (requirement A19).

The rows cannot be changed, and their hashes stay; whoever reads them through the portal does not
see names, network addresses and texts of a person who was erased. docs/decisions/erasure.md says
what is still in the database.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Case, CharField, Exists, F, OuterRef, Value, When
from django.utils.translation import gettext as _

from portal.enums import UserState
from portal.models import AuditEvent, Patient, User

# What an event about an erased person still tells: numbers, times, states and names of staff.
SHOWN = frozenset(
    {
        *("starts_at", "was_starts_at", "minutes", "slot", "wait", "was", "series", "reference"),
        *("doctor", "doctor_name", "was_doctor", "office", "upload", "fields", "moved"),
        *("kept", "gone", "user", "retired", "by_link", "by_code", "with_password", "form"),
        *("due_on", "patients", "role", "page", "method", "status"),
    }
)


def masked(events: Iterable[AuditEvent]) -> list[AuditEvent]:
    """The events as they may be shown, with the present names of their patients. Two queries; two
    more if one is about a chart that is gone because it has joined another."""
    found = list(events)
    known = _patients(found)
    users, patients = _erased_users(found), _erased_patients(found, known)
    for one in found:
        one.patient_name = known[one.patient_id][0] if one.patient_id in known else ""
        if one.actor_id in users:
            one.actor_name, one.address = _("Erased"), None
        if one.patient_id in patients or _users_of(one) & users:
            one.changes = _shown(one.changes)
    return found


def shown_actor() -> Case:
    """Who acted, as part of a query of events that reads no instances."""
    gone = User.objects.filter(pk=OuterRef("actor_id"), state=UserState.ERASED).order_by()
    erased = When(Exists(gone), then=Value(_("Erased")))
    return Case(erased, default=F("actor_name"), output_field=CharField())


def _shown(changes: dict) -> dict:
    kept = {name: value for name, value in changes.items() if name in SHOWN}
    return kept if len(kept) == len(changes) else kept | {"erased": _("The rest is hidden.")}


def _users_of(event: AuditEvent) -> set[int]:
    """Whom it is about, and who acted about themself."""
    found = {event.changes.get("user")} if isinstance(event.changes, dict) else set()
    if event.object_type == "user":
        found.add(event.object_id)
    return {one for one in (*found, event.actor_id) if one}


def _erased_users(events: list[AuditEvent]) -> set[int]:
    ids = {pk for one in events for pk in _users_of(one)}
    erased = User.objects.filter(pk__in=ids, state=UserState.ERASED)
    return set(erased.order_by().values_list("pk", flat=True))


def _patients(events: list[AuditEvent]) -> dict[int, tuple[str, datetime | None]]:
    """Name and time of erasure of those of the events' patients who are still there, by id."""
    ids = {one.patient_id for one in events if one.patient_id}
    rows = Patient.objects.filter(pk__in=ids).order_by().values_list("pk", "name", "erased_at")
    return {pk: (name, erased_at) for pk, name, erased_at in rows}


def _erased_patients(
    events: list[AuditEvent], known: dict[int, tuple[str, datetime | None]]
) -> set[int]:
    erased = {pk for pk, (_name, erased_at) in known.items() if erased_at}
    return erased | _retired({one.patient_id for one in events if one.patient_id} - set(known))


def _retired(ids: set[int]) -> set[int]:
    """Those of these charts, which are gone, that have joined one that was erased since."""
    if not ids:
        return set()
    links = AuditEvent.objects.filter(verb="link", changes__retired__in=sorted(ids)).order_by()
    joined = dict(links.values_list("changes__retired", "patient_id"))
    into = Patient.objects.filter(pk__in=joined.values()).exclude(erased_at=None).order_by()
    erased = set(into.values_list("pk", flat=True))
    return {pk for pk, patient in joined.items() if patient in erased}
