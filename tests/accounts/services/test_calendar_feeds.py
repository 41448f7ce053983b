"""The private calendar feed: whose appointments it holds, and at which address (B22)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import signing
from django.utils import timezone
from icalendar import Calendar

from portal.accounts.services import accounts, calendar_feeds
from portal.appointments.services import appointments, calendar_entries, requests
from portal.enums import Role, UserState
from portal.errors import Forbidden
from portal.models import AuditEvent, CalendarFeed
from tests.factories import (
    AppointmentFactory,
    DoctorFactory,
    OfficeFactory,
    PatientFactory,
    SlotFactory,
    UserFactory,
    in_days,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient():
    return PatientFactory(name="Ana Ruiz")


def read(token: str) -> str | None:
    """What a program gets at that address."""
    owner = calendar_feeds.owner_of(token)
    return owner and calendar_entries.calendar_feed(reader=owner)


def events_of(user) -> dict:
    """By UID what a program reads at the person's address."""
    if not calendar_feeds.token_of(user):
        calendar_feeds.renew(user, by=user)
    calendar = Calendar.from_ical(read(calendar_feeds.token_of(user)))
    return {str(event["uid"]): event for event in calendar.walk("VEVENT")}


def only(events: dict):
    [event] = events.values()
    return event


def test_B22_patients_and_doctors_read_their_own(patient):
    own = AppointmentFactory(patient=patient, reason="Knee pain", doctor__name="Dr Gil")
    AppointmentFactory()

    theirs, doctors = only(events_of(patient.user)), only(events_of(own.doctor.user))

    assert theirs["uid"] == doctors["uid"]
    assert (theirs.start, theirs.end) == (own.starts_at, own.ends_at)
    assert theirs["summary"] == "Appointment at Clinic"
    assert doctors["summary"] == f"Appointment {own.reference}"
    assert theirs["status"] == "CONFIRMED"


def test_B22_it_says_nothing_clinical_and_names_nobody(patient):
    own = AppointmentFactory(patient=patient, reason="Knee pain")

    for user in (patient.user, own.doctor.user):
        calendar_feeds.renew(user, by=user)
        text = read(calendar_feeds.token_of(user))
        text = text.replace("\r\n ", "")
        assert "BEGIN:VEVENT" in text
        for secret in ("Knee", own.doctor.specialty.name, "Ana", own.doctor.name, "ATTENDEE"):
            assert secret not in text


def test_B22_it_is_the_entry_of_the_mails_as_it_changes(patient):
    one = AppointmentFactory(patient=patient, starts_at=in_days(3))
    slot = SlotFactory(doctor=one.doctor, starts_at=in_days(4))
    before = only(events_of(patient.user))

    moved = appointments.reschedule(one, slot_id=slot.pk, by=patient.user)
    after = only(events_of(patient.user))
    appointments.cancel(moved, by=patient.user, reason="health")
    at_last = only(events_of(patient.user))

    file = Calendar.from_ical(calendar_entries.calendar_file(moved, reader=patient.user))
    [mailed] = file.walk("VEVENT")
    assert before["uid"] == after["uid"] == at_last["uid"] == mailed["uid"]
    assert [one["sequence"] for one in (before, after, at_last)] == [0, 1, 2]
    assert after.start == slot.starts_at
    assert at_last["status"] == "CANCELLED"


def test_B22_only_what_is_certain_or_was(patient):
    for days, state in enumerate(("requested", "declined", "expired", "completed", "no_show"), 1):
        AppointmentFactory(patient=patient, starts_at=in_days(days), state=state)

    assert len(events_of(patient.user)) == 2


def test_B22_a_request_taken_back_was_never_in_it_but_an_accepted_one_is(patient):
    answer_by = timezone.now() + timedelta(hours=8)
    back, accepted = (
        AppointmentFactory(
            patient=patient, starts_at=in_days(days), state="requested", answer_by=answer_by
        )
        for days in (2, 3)
    )
    appointments.cancel(back, by=patient.user)
    accepted = requests.accept(accepted, by=accepted.doctor.user)
    appointments.cancel(accepted, by=patient.user, reason="health")

    event = only(events_of(patient.user))
    assert event["status"] == "CANCELLED"
    assert f"appointment-{accepted.pk}@" in event["uid"]


def test_B22_thirty_days_back_and_all_ahead(patient):
    now = timezone.now()
    for start in (-31, -29, 700):
        AppointmentFactory(
            patient=patient, starts_at=now + timedelta(days=start), state="completed"
        )

    assert len(events_of(patient.user)) == 2


def test_B22_each_zone_is_described_once_over_all_years(patient):
    madrid = AppointmentFactory(patient=patient, starts_at=in_days(3)).doctor
    winter, summer = (datetime(2030, month, 2, 12, tzinfo=UTC) for month in (1, 7))
    lord_howe = DoctorFactory(office=OfficeFactory(time_zone="Australia/Lord_Howe"))
    for at in (winter, summer):
        AppointmentFactory(patient=patient, doctor=madrid, starts_at=at)
        AppointmentFactory(patient=patient, doctor=lord_howe, starts_at=at + timedelta(hours=2))
    events = events_of(patient.user)
    text = read(calendar_feeds.token_of(patient.user))

    zones = [str(zone["tzid"]) for zone in Calendar.from_ical(text).walk("VTIMEZONE")]
    assert zones == ["Australia/Lord_Howe", "Europe/Madrid"]
    assert {event.start.astimezone(UTC) for event in events.values()} >= {winter, summer}
    assert "DTSTART;TZID=Europe/Madrid:20300702T140000" in text


def test_B22_the_text_stays_the_same_until_something_changes(patient):
    AppointmentFactory(patient=patient)
    calendar_feeds.renew(patient.user, by=patient.user)
    token = calendar_feeds.token_of(patient.user)
    first = read(token)

    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        assert read(token) == first


def test_B22_a_new_address_ends_the_old_one(patient):
    calendar_feeds.renew(patient.user, by=patient.user)
    old = calendar_feeds.token_of(patient.user)
    calendar_feeds.renew(patient.user, by=patient.user)
    new = calendar_feeds.token_of(patient.user)

    assert new != old
    assert read(old) is None
    assert read(new)


def test_B22_ended_it_is_gone_and_ending_it_again_is_nothing(patient):
    calendar_feeds.renew(patient.user, by=patient.user)
    token = calendar_feeds.token_of(patient.user)
    calendar_feeds.revoke(patient.user, by=patient.user)
    calendar_feeds.revoke(patient.user, by=patient.user)

    assert calendar_feeds.token_of(patient.user) == ""
    assert read(token) is None
    verbs = list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["renew_calendar_feed", "revoke_calendar_feed"]


def test_B22_the_database_alone_does_not_tell_the_address(patient, settings):
    feed = calendar_feeds.renew(patient.user, by=patient.user)
    token = calendar_feeds.token_of(patient.user)

    assert read(feed.nonce) is None
    assert read(f"{feed.nonce}.{'A' * 43}") is None
    trace = AuditEvent.objects.get()
    assert feed.nonce not in str(trace.changes)
    settings.SECRET_KEY = "another" * 10
    elsewhere = signing.Signer(sep=".", salt="portal.calendar_feed")
    assert elsewhere.sign(feed.nonce) != token


@pytest.mark.parametrize("state", [UserState.BLOCKED, UserState.CLOSED])
def test_B22_who_may_not_sign_in_has_none(patient, state):
    calendar_feeds.renew(patient.user, by=patient.user)
    token = calendar_feeds.token_of(patient.user)
    patient.user.state = state
    patient.user.save()

    assert read(token) is None


@pytest.mark.parametrize("role", [Role.ASSISTANT, Role.ADMIN])
def test_B22_the_desk_has_none_and_nobody_makes_anothers(patient, role):
    user = UserFactory(role=role)

    for whose in (user, patient.user):
        with pytest.raises(Forbidden):
            calendar_feeds.renew(whose, by=user)
        with pytest.raises(Forbidden):
            calendar_feeds.revoke(whose, by=user)
    assert not CalendarFeed.objects.exists()


def test_B22_a_new_password_ends_it_and_a_new_address_can_be_made(patient):
    calendar_feeds.renew(patient.user, by=patient.user)
    old = calendar_feeds.token_of(patient.user)

    accounts.set_password(patient.user, password="three-unrelated-words", by=patient.user)
    ended = calendar_feeds.of(patient.user).ended_with_password
    calendar_feeds.renew(patient.user, by=patient.user)

    assert ended
    assert read(old) is None
    assert read(calendar_feeds.token_of(patient.user))
    assert not calendar_feeds.of(patient.user).ended_with_password
    verbs = list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs[-3:] == ["set_password", "revoke_calendar_feed", "renew_calendar_feed"]


def test_B22_a_new_password_says_nothing_of_a_calendar_that_was_not_there(patient):
    accounts.set_password(patient.user, password="three-unrelated-words", by=patient.user)

    assert calendar_feeds.of(patient.user) is None
    assert AuditEvent.objects.get().verb == "set_password"
