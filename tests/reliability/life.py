"""What must hold in a clinic's diary whatever was done, for tests that do everything at once."""

from collections import Counter, defaultdict
from itertools import pairwise

from django.db.models import F
from django.utils import timezone

from portal.models import (
    GONE,
    HOLDING,
    LIVE,
    Appointment,
    AuditEvent,
    EncounterNote,
    ErasureRequest,
    Notification,
    Offer,
    Slot,
    TimeOff,
    Wait,
)


def broken() -> list[str]:
    """Every rule that does not hold, as a sentence each; empty if all is well."""
    slots = list(Slot.objects.all())
    appointments = list(Appointment.objects.all())
    return [
        *_overlaps("doctor", [slot for slot in slots if slot.state != "withdrawn"]),
        *_overlaps("patient", [one for one in appointments if one.state in LIVE]),
        *_slots_and_their_appointments(slots, appointments),
        *_offers(slots),
        *_times_off(),
        *_closed_ones(appointments),
        *_notes(),
        *_erased_ones(),
    ]


def state() -> tuple:
    """All that a refusal must leave as it is."""
    return (
        list(Slot.objects.order_by("pk").values_list("pk", "state", "starts_at", "ends_at")),
        list(Appointment.objects.order_by("pk").values_list("pk", "state", "slot", "version")),
        list(Offer.objects.order_by("pk").values_list("pk", "state")),
        list(Wait.objects.order_by("pk").values_list("pk", "state")),
        list(TimeOff.objects.order_by("pk").values_list("pk", "cancelled_at")),
        AuditEvent.objects.count(),
        Notification.objects.count(),
    )


def _overlaps(owner: str, rows: list) -> list[str]:
    held = defaultdict(list)
    for row in rows:
        held[getattr(row, f"{owner}_id")].append((row.starts_at, row.ends_at, row.pk))
    return [
        f"{owner} {pk}: {first} overlaps {second}"
        for pk, spans in held.items()
        for first, second in pairwise(sorted(spans))
        if first[1] > second[0]
    ]


def _slots_and_their_appointments(slots: list[Slot], appointments: list[Appointment]) -> list[str]:
    holders = defaultdict(list)
    for one in appointments:
        if one.state in HOLDING:
            holders[one.slot_id].append(one)
    wrong = []
    for slot in slots:
        held_by = holders[slot.pk]
        if len(held_by) != (slot.state == "taken"):
            wrong.append(f"slot {slot.pk} is {slot.state} and held by {held_by}")
        same = [(o.doctor_id, o.office_id, o.starts_at, o.ends_at) for o in held_by]
        if any(
            own != (slot.doctor_id, slot.office_id, slot.starts_at, slot.ends_at) for own in same
        ):
            wrong.append(f"{held_by} says another time or place than its slot {slot.pk}")
    by_pk = {slot.pk: slot for slot in slots}
    wrong += [
        f"request {one.pk} is for slot {one.slot_id}, which is not to be had"
        for one in appointments
        if one.state == "requested" and by_pk[one.slot_id].state in ("taken", "withdrawn")
    ]
    return wrong


def _offers(slots: list[Slot]) -> list[str]:
    offered = {slot.pk for slot in slots if slot.state == "offered"}
    open_offers = Counter(Offer.objects.filter(state="open").values_list("slot", flat=True))
    if open_offers == Counter(offered):
        return []
    return [f"slots {offered} are on offer, and the open offers are for {open_offers}"]


def _times_off() -> list[str]:
    """A time that had begun before the doctor went stays what it was: nobody can book it."""
    in_force = TimeOff.objects.filter(cancelled_at=None).values_list(
        "doctor", "starts_at", "ends_at"
    )
    return [
        f"doctor {doctor} has a free time in their time off from {starts_at}"
        for doctor, starts_at, ends_at in in_force
        if Slot.objects.filter(
            doctor=doctor,
            state__in=("open", "offered"),
            starts_at__gt=timezone.now(),
            starts_at__lt=ends_at,
            ends_at__gt=starts_at,
        ).exists()
    ]


def _closed_ones(appointments: list[Appointment]) -> list[str]:
    unsaid = [one.pk for one in appointments if one.state in GONE and one.cancelled_at is None]
    wrong = [f"{unsaid} came to nothing, and it is not said when"] if unsaid else []
    backwards = Appointment.objects.filter(in_room_at__lt=F("arrived_at"))
    return wrong + [f"{one.pk} was in the room before arriving" for one in backwards]


def _notes() -> list[str]:
    """A note is about the patient of its appointment, and counts what was signed of it."""
    wrong = []
    for note in EncounterNote.objects.select_related("appointment").prefetch_related("signed"):
        numbers = [one.number for one in note.signed.all()]
        if note.patient_id != note.appointment.patient_id:
            wrong.append(f"{note} is about another patient than its appointment")
        if numbers != list(range(1, len(numbers) + 1)) or bool(numbers) != note.is_signed:
            wrong.append(f"{note} is {note.state}, and signed are {numbers}")
    return wrong


def _erased_ones() -> list[str]:
    """Nothing is to come for who was erased, or has asked for it."""
    leaving = ErasureRequest.objects.exclude(state="withdrawn").values("patient")
    coming = Appointment.objects.filter(
        patient__in=leaving, state__in=LIVE, ends_at__gt=timezone.now()
    )
    waits = Wait.objects.filter(patient__in=leaving, state="waiting")
    return [
        *(f"{one} is to come for patient {one.patient_id}, who leaves" for one in coming),
        *(f"{one} waits for patient {one.patient_id}, who leaves" for one in waits),
    ]
