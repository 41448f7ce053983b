"""Taking time off settles every appointment in it, or changes nothing (requirement B19)."""

from datetime import timedelta

import pytest

from portal.appointments.services import appointments
from portal.diary.services.time_off import Choice
from portal.enums import SlotState
from portal.errors import Forbidden, PortalError, SlotTaken, StaleState, TooLate, Unsettled
from portal.models import AuditEvent, Notification, TimeOff
from portal.notifications.services import wording
from tests.factories import (
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    OfferFactory,
    OfficeFactory,
    PatientFactory,
    SlotFactory,
    UserFactory,
    WaitFactory,
)
from tests.setups.away import cancel, decline, hand, move, take
from tests.setups.diary import DAY, NOW, at, book_at, slot_at, times

pytestmark = pytest.mark.django_db

NEXT = DAY + timedelta(1)


@pytest.fixture
def colleague(doctor):
    return DoctorFactory(office=doctor.office)


def told(appointment) -> list[str]:
    mails = Notification.objects.filter(user=appointment.patient.user, channel="email")
    return list(mails.values_list("event", flat=True))


def test_B19_each_is_moved_handed_over_or_cancelled(doctor, colleague):
    first, second, third = (book_at(doctor, text) for text in ("09:00", "09:30", "10:00"))
    free, later = slot_at(doctor, "11:00"), slot_at(doctor, "09:00", NEXT)

    made = take(doctor, move(first, later), hand(second, colleague), cancel(third), note="Fair")

    for one in (first, second, third):
        one.refresh_from_db()
    assert [first.slot, first.state] == [later, "confirmed"]
    assert [second.doctor, second.starts_at, second.state] == [colleague, at("09:30"), "confirmed"]
    assert [third.state, third.cancel_comment] == ["cancelled", "Dr Doctor is away."]
    assert times(doctor, "withdrawn") == ["04 09:00", "04 09:30", "04 10:00", "04 11:00"]
    assert times(doctor, "taken") == ["05 09:00"]
    assert TimeOff.objects.get() == made
    assert [made.doctor, made.note] == [doctor, "Fair"]
    free.refresh_from_db()
    assert free.state == SlotState.WITHDRAWN
    assert AuditEvent.objects.get(verb="take_time_off").changes["appointments"] == 3
    assert "Fair" not in str(AuditEvent.objects.get(verb="take_time_off").changes)


def test_B19_each_patient_is_told_once(doctor, colleague):
    first, second, third = (book_at(doctor, text) for text in ("09:00", "09:30", "10:00"))
    later = slot_at(doctor, "09:00", NEXT)

    take(doctor, move(first, later), hand(second, colleague), cancel(third))

    assert told(first) == ["appointment_moved"]
    assert told(second) == ["appointment_transferred"]
    assert told(third) == ["appointment_cancelled"]
    gone = Notification.objects.filter(event="appointment_cancelled", channel="email").get()
    assert gone.facts["has_message"] is True
    assert "away" not in str(gone.facts)


def test_B19_one_that_is_left_open_keeps_everything_as_it_was(doctor):
    first, second = book_at(doctor, "09:00"), book_at(doctor, "09:30")
    slot_at(doctor, "11:00")

    with pytest.raises(Unsettled) as refused:
        take(doctor, cancel(first), (second.pk, Choice(second.version)))

    assert refused.value.missing == [second.pk]
    assert refused.value.status == 422
    assert times(doctor) == ["04 11:00"]
    assert times(doctor, "taken") == ["04 09:00", "04 09:30"]
    assert not TimeOff.objects.exists()
    assert not Notification.objects.exists()


def test_B19_when_the_third_fails_the_first_is_as_it_was(doctor):
    first, second, third = (book_at(doctor, text) for text in ("09:00", "09:30", "10:00"))
    one, gone = slot_at(doctor, "09:00", NEXT), slot_at(doctor, "09:30", NEXT, state="taken")

    with pytest.raises(SlotTaken) as refused:
        take(doctor, cancel(first), move(second, one), move(third, gone))

    assert refused.value.field == f"choice-{third.pk}"
    first.refresh_from_db()
    second.refresh_from_db()
    assert [first.state, second.starts_at] == ["confirmed", at("09:30")]
    assert times(doctor) == ["05 09:00"]
    assert not TimeOff.objects.exists()
    assert not Notification.objects.exists()
    assert not AuditEvent.objects.exists()


def test_B19_one_that_came_to_be_in_it_meanwhile_is_shown(doctor):
    first = book_at(doctor, "09:00")
    new = book_at(doctor, "09:30")

    with pytest.raises(Unsettled) as refused:
        take(doctor, cancel(first))

    assert [refused.value.changed, refused.value.status] == [[new.pk], 409]


def test_B19_one_that_was_moved_within_it_meanwhile_is_shown_again(doctor):
    first = book_at(doctor, "09:00")
    chosen = cancel(first)
    appointments.reschedule(first, slot_id=slot_at(doctor, "10:00").pk, by=doctor.user)

    with pytest.raises(Unsettled) as refused:
        take(doctor, chosen)

    assert refused.value.changed == [first.pk]


def test_B19_one_that_has_left_it_meanwhile_is_left_alone(doctor):
    first = book_at(doctor, "09:00")
    chosen = cancel(first)
    appointments.reschedule(first, slot_id=slot_at(doctor, "10:00", NEXT).pk, by=doctor.user)

    take(doctor, chosen)

    first.refresh_from_db()
    assert first.state == "confirmed"


def test_B19_requests_are_declined_and_told_of_times_outside(doctor):
    slot = slot_at(doctor, "09:00", has_requests=True)
    request = AppointmentFactory(doctor=doctor, slot=slot, starts_at=at("09:00"), state="requested")
    slot.refresh_from_db()
    slot.state, slot.has_requests = "open", True
    slot.save()
    slot_at(doctor, "10:00")
    slot_at(doctor, "10:00", NEXT)

    with pytest.raises(Unsettled):
        take(doctor)
    take(doctor, decline(request))

    request.refresh_from_db()
    assert request.state == "declined"
    assert told(request) == ["request_declined"]
    facts = Notification.objects.filter(event="request_declined").first().facts
    assert [one["starts_at"] for one in facts["free_times"]] == [at("10:00", NEXT).isoformat()]


def test_B19_an_offer_in_it_is_void_and_nobody_else_is_asked(doctor):
    slot = slot_at(doctor, "09:00", state="offered")
    offer = OfferFactory(slot=slot, expires_at=NOW + timedelta(minutes=30))
    WaitFactory(doctor=doctor)

    take(doctor)

    offer.refresh_from_db()
    slot.refresh_from_db()
    assert [offer.state, slot.state] == ["void", "withdrawn"]
    assert slot.offers.count() == 1
    assert not Notification.objects.filter(event="slot_offered").exists()
    assert Notification.objects.filter(event="offer_withdrawn").count() == 1


def test_B19_a_freed_time_is_not_offered_to_those_who_wait(doctor):
    appointment = book_at(doctor, "09:00")
    WaitFactory(doctor=doctor)

    take(doctor, cancel(appointment))

    assert not appointment.slot.offers.exists()


def test_B19_the_same_time_is_not_given_to_two(doctor):
    first, second = book_at(doctor, "09:00"), book_at(doctor, "09:30")
    later = slot_at(doctor, "09:00", NEXT)

    with pytest.raises(PortalError, match="another appointment too") as refused:
        take(doctor, move(first, later), move(second, later))

    assert refused.value.field == f"choice-{second.pk}"


@pytest.mark.parametrize("whose", ["inside", "another doctor’s"])
def test_B19_a_time_in_it_or_of_somebody_else_is_refused(doctor, whose):
    first = book_at(doctor, "09:00")
    other = slot_at(doctor, "11:00") if whose == "inside" else slot_at(DoctorFactory(), "09:00")

    with pytest.raises(PortalError) as refused:
        take(doctor, move(first, other))

    assert refused.value.field == f"choice-{first.pk}"
    assert not TimeOff.objects.exists()


def test_B19_a_colleague_who_is_busy_is_refused(doctor, colleague):
    first = book_at(doctor, "09:00")
    slot_at(colleague, "09:15")

    with pytest.raises(PortalError, match="another slot then") as refused:
        take(doctor, hand(first, colleague))

    assert refused.value.field == f"choice-{first.pk}"


def test_B19_a_cancellation_needs_words_for_the_patient(doctor):
    first = book_at(doctor, "09:00")

    with pytest.raises(PortalError, match="patient is to read"):
        take(doctor, cancel(first, message=" "))


def test_B19_one_who_has_arrived_must_be_seen_first(doctor):
    first = book_at(doctor, "09:00")
    first.state = "arrived"
    first.save()

    with pytest.raises(Unsettled) as refused:
        take(doctor, cancel(first))

    assert refused.value.missing == [first.pk]


def test_B19_what_has_begun_stays_and_what_reaches_into_it_counts(doctor):
    begun = AppointmentFactory(doctor=doctor, starts_at=NOW - timedelta(minutes=10))
    cut = book_at(doctor, "09:00")
    edge = book_at(doctor, "08:30")  # ends when it begins

    with pytest.raises(Unsettled) as refused:
        take(doctor, starts_at=at("09:00") + timedelta(minutes=15), ends_at=at("12:00"))
    take(doctor, cancel(cut), starts_at=at("09:15"), ends_at=at("12:00"))
    day = {"starts_at": NOW - timedelta(hours=1), "ends_at": NOW + timedelta(hours=1)}
    take(doctor, **day)

    begun.refresh_from_db()
    edge.refresh_from_db()
    assert refused.value.changed == [cut.pk]
    assert [begun.state, edge.state] == ["confirmed", "confirmed"]
    assert begun.slot.state == SlotState.TAKEN


def test_B19_all_offices_and_zones_are_in_it(doctor):
    here = book_at(doctor, "09:00")
    canaries = OfficeFactory(time_zone="Atlantic/Canary")
    there = AppointmentFactory(doctor=doctor, office=canaries, starts_at=at("23:00"))
    after = AppointmentFactory(doctor=doctor, office=canaries, starts_at=at("00:00", NEXT))

    take(doctor, cancel(here), cancel(there))

    after.refresh_from_db()
    there.refresh_from_db()
    assert [there.state, after.state] == ["cancelled", "confirmed"]


def test_B19_the_same_time_off_is_taken_once(doctor):
    take(doctor)

    with pytest.raises(StaleState, match="already"):
        take(doctor)

    assert TimeOff.objects.count() == 1


def test_B19_a_stretch_must_make_sense(doctor):
    with pytest.raises(PortalError, match="after the start"):
        take(doctor, starts_at=at("10:00"), ends_at=at("10:00"))
    with pytest.raises(TooLate):
        take(doctor, starts_at=NOW - timedelta(days=2), ends_at=NOW)
    with pytest.raises(PortalError, match="a year"):
        take(doctor, starts_at=NOW, ends_at=NOW + timedelta(days=367))


def test_B19_who_may_take_it(doctor):
    other_office = OfficeFactory()

    for user in (
        DoctorFactory().user,
        PatientFactory().user,
        AssistantFactory(offices=[other_office]).user,
    ):
        with pytest.raises(Forbidden):
            take(doctor, by=user)
    take(doctor, by=AssistantFactory(offices=[doctor.office]).user)
    take(doctor, day=NEXT, by=UserFactory(role="admin"))

    assert TimeOff.objects.count() == 2


def test_B19_the_desk_settles_nothing_at_an_office_that_it_does_not_run(doctor):
    elsewhere = AppointmentFactory(doctor=doctor, office=OfficeFactory(), starts_at=at("09:00"))
    desk = AssistantFactory(offices=[doctor.office]).user

    with pytest.raises(Forbidden):
        take(doctor, cancel(elsewhere), by=desk)

    assert not TimeOff.objects.exists()


def test_B19_the_doctor_is_told_what_the_desk_did(doctor):
    first = book_at(doctor, "09:00")

    take(doctor, cancel(first), by=AssistantFactory(offices=[doctor.office]).user)

    mail = Notification.objects.get(user=doctor.user, channel="email")
    assert mail.event == "appointment_cancelled"
    assert mail.facts["is_withdrawn"] is True


def test_B19_a_slot_without_appointments_elsewhere_stays(doctor):
    slot_at(doctor, "09:00")
    slot_at(doctor, "09:00", NEXT)
    SlotFactory(starts_at=at("09:00"))

    take(doctor)

    assert times(doctor) == ["05 09:00"]


def test_B19_the_mail_leads_to_the_message_without_saying_it(doctor):
    first = book_at(doctor, "09:00")

    take(
        doctor, cancel(first, "I have the flu."), by=AssistantFactory(offices=[doctor.office]).user
    )

    mails = Notification.objects.filter(channel="email").select_related("appointment")
    to_patient = wording.email(mails.get(user=first.patient.user)).body
    to_doctor = wording.email(mails.get(user=doctor.user)).body
    assert "There is a message for you on its page" in to_patient
    assert first.get_absolute_url() in to_patient
    assert "flu" not in to_patient + to_doctor
    assert "not offered any more" in to_doctor
