"""What holds of every clinic, however it was filled."""

from collections import Counter, defaultdict
from itertools import pairwise

from portal.enums import AppointmentState as State
from portal.models import HOLDING, Appointment, AuditEvent, Review, Slot


def assert_nobody_is_in_two_places():
    slots = Slot.objects.live().values_list("doctor", "starts_at", "ends_at")
    visits = Appointment.objects.filter(state__in=HOLDING)

    assert overlaps(slots) == []
    assert overlaps(visits.values_list("patient", "starts_at", "ends_at")) == []


def assert_slots_agree_with_appointments():
    held = Counter(
        Appointment.objects.filter(state__in=HOLDING).values_list("slot", flat=True).order_by()
    )
    taken = set(Slot.objects.filter(state="taken").values_list("pk", flat=True))

    assert set(held.values()) == {1}
    assert set(held) == taken
    for one in Appointment.objects.select_related("slot"):
        assert (one.starts_at, one.ends_at) == (one.slot.starts_at, one.slot.ends_at)
        assert (one.doctor_id, one.office_id) == (one.slot.doctor_id, one.slot.office_id)


def assert_states_fit_the_clock(now):
    by_state = defaultdict(list)
    for one in Appointment.objects.all():
        by_state[one.state].append(one)

    assert all(one.starts_at > now for one in by_state[State.CONFIRMED])
    assert all(one.ends_at <= now for one in by_state[State.COMPLETED] + by_state[State.NO_SHOW])
    for one in by_state[State.REQUESTED]:
        assert one.booked_at < one.answer_by < one.starts_at
        assert (one.slot.state, one.slot.has_requests) == ("open", True)
    for one in by_state[State.CANCELLED]:
        assert one.booked_at < one.cancelled_at < min(now, one.starts_at)
        assert one.cancelled_by_id
        assert one.cancel_reason
    assert Review.objects.exclude(appointment__state=State.COMPLETED).count() == 0


def assert_every_change_left_a_trace():
    events = Counter(
        AuditEvent.objects.filter(object_type="appointment").values_list("verb", "object_id")
    )
    asked = set(Appointment.objects.filter(state=State.REQUESTED).values_list("pk", flat=True))
    booked = {
        ("request" if pk in asked else "book", pk): 1
        for pk in Appointment.objects.values_list("pk", flat=True)
    }
    cancelled = {("cancel", one.pk): 1 for one in Appointment.objects.cancelled()}

    assert events == booked | cancelled


def assert_clinic_is_sound(now):
    assert_nobody_is_in_two_places()
    assert_slots_agree_with_appointments()
    assert_states_fit_the_clock(now)
    assert_every_change_left_a_trace()


def overlaps(rows) -> list[tuple]:
    """Rows of (whose, start, end): pairs of the same owner that overlap."""
    ordered = sorted(rows)
    return [
        (one, other) for one, other in pairwise(ordered) if one[0] == other[0] and other[1] < one[2]
    ]
