"""Records of changes of many days, so that each can be undone as one (requirement B02).

Copying a day, weekly hours, holidays and time off save a BulkChange; `undoing.undo` reverses it.
The functions here run inside their transactions, under the locks of the doctors concerned.
docs/decisions/undo.md says what is restored and what is not.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.diary.queries.hours_plan import Busy
from portal.diary.services import availability
from portal.enums import BulkChangeKind, SlotState
from portal.models import BulkChange, Doctor, Office, Slot, TimeOff, User, locks
from portal.models.availability import SlotQuerySet

STALE = _("This has changed since you looked at it. Please look again before you confirm.")


@dataclass
class Undone:
    """The result of undoing: how many free times were removed and restored, how many could not be
    restored because something else is there now, and what stays because it is booked."""

    gone: int = 0
    back: int = 0
    lost: int = 0
    booked: list[Slot] = field(default_factory=list)


def keep(
    kind: BulkChangeKind,
    *,
    doctor: Doctor | None = None,
    office: Office | None = None,
    added: Iterable[int] = (),
    removed: Iterable[int] = (),
    facts: dict | None = None,
    by: User,
) -> BulkChange:
    """Save a BulkChange, within the transaction of the change. `added` and `removed` are ids of
    slots, `facts` JSON values for undoing this kind of change."""
    return BulkChange.objects.create(
        kind=kind,
        doctor=doctor,
        office=office,
        made_by=by,
        added=list(added),
        removed=list(removed),
        facts=facts or {},
    )


def take_out(ids: Iterable[int], undone: Undone, *, by: User) -> None:
    """Withdraw those of these slots that are in the future and free, and decline the requests for
    them.

    The caller holds the doctor's lock. Locks and writes the slots; counts in `undone`.
    """
    live = Slot.objects.live().filter(pk__in=ids, starts_at__gt=timezone.now()).order_by("pk")
    locks.hold_slots(list(live.values_list("pk", flat=True)))
    slots = list(live.select_related("doctor", "office"))
    free = [slot for slot in slots if slot.state == SlotState.OPEN]
    gone = availability._withdraw(free, by=by)
    undone.gone += len(gone)
    undone.booked += [slot for slot in slots if slot not in gone]


def put_back(ids: Iterable[int], undone: Undone, *, by: User) -> None:
    """Free those of these slots again that are withdrawn and in the future, unless the doctor has
    another slot or time off then, or the office is closed.

    The caller holds the doctors' locks. Locks and writes the slots; counts in `undone`.
    """
    for doctor, slots in _withdrawn(ids).items():
        first, last = slots[0].starts_at, max(slot.ends_at for slot in slots)
        live = Slot.objects.live().filter(doctor=doctor).overlapping(first, last)
        away = TimeOff.objects.filter(doctor=doctor, cancelled_at=None, ends_at__gt=first)
        busy = Busy([*_spans(live), *_spans(away)])
        free = [slot for slot in slots if not busy.overlaps(slot.starts_at, slot.ends_at)]
        free = _without_overlaps(free)
        Slot.objects.filter(pk__in=[slot.pk for slot in free]).update(
            state=SlotState.OPEN, is_extra=False
        )
        undone.back += len(free)
        undone.lost += len(slots) - len(free)


def restorable(ids: Iterable[int]) -> SlotQuerySet:
    """A queryset of those slots that are withdrawn, in the future and on an open day of an
    open office."""
    withdrawn = Slot.objects.filter(
        pk__in=ids,
        state=SlotState.WITHDRAWN,
        starts_at__gt=timezone.now(),
        office__closed_at=None,
    )
    return withdrawn.on_open_days()


def _withdrawn(ids: Iterable[int]) -> dict[int, list[Slot]]:
    """By doctor, each by start; locked in the order of ids."""
    chosen = list(restorable(ids).values_list("pk", flat=True))
    locks.hold_slots(chosen)
    found: dict[int, list[Slot]] = {}
    for slot in Slot.objects.filter(pk__in=chosen).order_by("starts_at", "pk"):
        found.setdefault(slot.doctor_id, []).append(slot)
    return found


def _spans(rows: QuerySet) -> list[tuple]:
    return list(rows.values_list("starts_at", "ends_at"))


def _without_overlaps(slots: list[Slot]) -> list[Slot]:
    """Of two withdrawn slots at the same time, only the first is restored."""
    kept: list[Slot] = []
    for slot in slots:
        if not kept or slot.starts_at >= kept[-1].ends_at:
            kept.append(slot)
    return kept
