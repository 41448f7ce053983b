"""A course of appointments: all or nothing, told once (requirements B11, B13)."""

from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection
from icalendar import Calendar

from portal.appointments.queries.series import plan
from portal.appointments.services import appointments, holding, series
from portal.errors import Forbidden, PortalError, SeriesBroken, StaleState
from portal.models import (
    Appointment,
    AuditEvent,
    ClinicSettings,
    Holiday,
    Notification,
    Series,
    Slot,
    TimeOff,
)
from portal.notifications.registry import EVENTS
from portal.notifications.services import wording
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    AssistantFactory,
    DoctorFactory,
    PatientFactory,
    SlotFactory,
    in_days,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor():
    return DoctorFactory(name="Dr Gil")


@pytest.fixture
def patient():
    return PatientFactory(name="Ana Ruiz")


@pytest.fixture
def desk(doctor):
    return AssistantFactory(offices=[doctor.office]).user


@pytest.fixture
def slots(doctor):
    return [SlotFactory(doctor=doctor, starts_at=in_days(7 * n)) for n in range(1, 5)]


def book(slots, patient, by, **values):
    ids = [slot.pk for slot in slots]
    return series.book_series(
        ids, patient_id=patient.pk, by=by, **({"every_days": 7, "reason": "Knee"} | values)
    )


def course(doctor, patient, first, **values):
    asked = {"wall": time(10), "every_weeks": 1, "times": 3} | values
    return plan(
        doctor, patient, first=first, settings=ClinicSettings.current(), by=doctor.user, **asked
    )


def test_series_books_all_and_says_so_once(slots, patient, desk):
    made = book(slots, patient, desk)

    booked = list(made.appointments.order_by("starts_at"))
    assert [one.slot for one in booked] == slots
    assert {(one.state, one.reason, one.booked_by) for one in booked} == {
        ("confirmed", "Knee", desk)
    }
    assert set(Slot.objects.values_list("state", flat=True)) == {"taken"}
    told = Notification.objects.values_list("event", "facts__for", "channel")
    assert set(told) == {
        ("series_booked", "patient", "email"),
        ("series_booked", "patient", "sms"),
        ("series_booked", "patient", "portal"),
        ("series_booked", "doctor", "email"),
        ("series_booked", "doctor", "portal"),
    }
    verbs = list(AuditEvent.objects.values_list("verb", flat=True))
    assert (verbs.count("book"), verbs.count("book_series")) == (4, 1)


def test_series_mail_says_every_date_and_carries_every_entry(slots, patient, desk):
    book(slots, patient, desk)
    found = Notification.objects.get(channel="email", facts__for="patient")
    found.address = "to@example.org"
    mail = wording.email(found)

    for slot in slots:
        local = slot.starts_at.astimezone(slot.office.zone)
        assert f"{local:%H:%M}" in mail.body
        assert f"{local.day} {local:%B %Y}" in mail.body
    [(_name, file, kind)] = mail.attachments
    assert "method=PUBLISH" in kind
    starts = {event.start for event in Calendar.from_ical(file).walk("VEVENT")}
    assert starts == {slot.starts_at for slot in slots}
    assert "Knee" not in mail.body + file


def test_series_mail_leaves_out_what_was_cancelled_meanwhile(slots, patient, desk):
    made = book(slots, patient, desk)
    first = made.appointments.order_by("starts_at").first()
    appointments.cancel(first, by=desk, reason="other")
    found = Notification.objects.get(event="series_booked", channel="email", facts__for="patient")
    event = EVENTS["series_booked"]

    assert not event.is_void(found)
    event.renew(found)
    assert found.facts["starts_at"] == slots[1].starts_at.isoformat()
    assert len(found.facts["others"]) == 2


@pytest.mark.parametrize("state", ["taken", "offered", "withdrawn"])
def test_series_with_one_time_gone_books_nothing(slots, patient, desk, state):
    Slot.objects.filter(pk=slots[2].pk).update(state=state)

    with pytest.raises(SeriesBroken) as refused:
        book(slots, patient, desk)

    assert list(refused.value.lost) == [slots[2].pk]
    _nothing_happened(slots, besides=slots[2])


def test_series_of_a_patient_who_is_busy_books_nothing(slots, patient, desk):
    AppointmentFactory(patient=patient, starts_at=slots[1].starts_at)

    with pytest.raises(SeriesBroken) as refused:
        book(slots, patient, desk)

    assert list(refused.value.lost) == [slots[1].pk]
    assert not Series.objects.exists()


def test_series_the_same_form_twice_is_one_series(slots, patient, desk):
    token = uuid4()

    first = book(slots, patient, desk, form_token=token)
    again = book(slots, patient, desk, form_token=token)

    assert first == again
    assert Appointment.objects.count() == 4


def test_series_who_may_book_one(slots, patient, doctor, desk):
    with pytest.raises(Forbidden):
        book(slots, patient, patient.user)
    with pytest.raises(Forbidden):
        book(slots, patient, AssistantFactory().user)
    with pytest.raises(Forbidden):
        book(slots, patient, DoctorFactory().user)
    with pytest.raises(Forbidden):
        book(slots, patient, doctor.user)  # who has never treated them
    _nothing_happened(slots)
    AppointmentFactory(patient=patient, doctor=doctor, starts_at=in_days(3))

    assert book(slots[:2], patient, doctor.user)
    assert book(slots[2:], patient, AdminFactory())
    assert desk


def test_series_refuses_one_time_two_doctors_and_odd_weeks(slots, patient, desk):
    with pytest.raises(PortalError, match="between 2 and 20"):
        book(slots[:1], patient, desk)
    with pytest.raises(PortalError, match="one to four weeks"):
        book(slots, patient, desk, every_days=5)
    with pytest.raises(PortalError, match="one doctor"):
        book([slots[0], SlotFactory(starts_at=in_days(9))], patient, AdminFactory())
    _nothing_happened(slots)


def test_series_the_rest_is_cancelled_and_told_once(slots, patient, desk):
    made = book(slots, patient, desk)
    done = made.appointments.order_by("starts_at").first()
    Appointment.objects.filter(pk=done.pk).update(state="completed")
    Notification.objects.all().delete()

    left = series.cancel_rest(made, by=desk, reason="health")

    assert [one.slot for one in left] == slots[1:]
    assert set(made.appointments.values_list("state", flat=True)) == {"completed", "cancelled"}
    assert {one.event for one in Notification.objects.all()} == {"series_cancelled"}
    assert Notification.objects.count() == 5
    assert Slot.objects.filter(state="open").count() == 3
    with pytest.raises(StaleState):
        series.cancel_rest(made, by=desk, reason="health")


def test_series_is_cancelled_for_a_reason_by_those_who_may(slots, patient, desk):
    made = book(slots, patient, desk)

    with pytest.raises(PortalError, match="reason"):
        series.cancel_rest(made, by=desk)
    with pytest.raises(Forbidden):
        series.cancel_rest(made, by=patient.user, reason="health")
    with pytest.raises(Forbidden):
        series.cancel_rest(made, by=AssistantFactory().user, reason="health")
    assert set(made.appointments.values_list("state", flat=True)) == {"confirmed"}


def test_series_keeps_the_time_on_the_wall_across_a_change_of_clocks(doctor, patient):
    before, after = (
        SlotFactory(doctor=doctor, starts_at=datetime(2027, 3, day, hour, tzinfo=UTC))
        for day, hour in ((25, 9), (31, 8))  # Madrid changes on the 28th
    )
    first, second = (
        course(doctor, patient, date(2027, 3, 25), times=2),
        course(doctor, patient, date(2027, 3, 31), times=2),
    )

    assert first[0].slot == before
    assert second[0].slot == after
    [skipped] = course(doctor, patient, date(2027, 3, 28), wall=time(2, 30), times=1)
    assert "no such time" in skipped.problem


def test_series_plan_says_why_not_and_what_is_free_that_week(doctor, patient):
    day = in_days(14).date()
    day -= timedelta(days=day.weekday())
    at = [datetime.combine(day + timedelta(weeks=n), time(12), UTC) for n in range(6)]
    wall = at[0].astimezone(doctor.office.zone).time()
    zone_free = {"wall": wall, "times": 6}
    SlotFactory(doctor=doctor, starts_at=at[0], state="taken")
    SlotFactory(doctor=doctor, starts_at=at[1], state="offered")
    SlotFactory(doctor=doctor, starts_at=at[2])
    AppointmentFactory(patient=patient, starts_at=at[2])
    TimeOff.objects.create(
        doctor=doctor,
        starts_at=at[3] - timedelta(hours=2),
        ends_at=at[3] + timedelta(hours=2),
    )
    Holiday.objects.create(office=doctor.office, day=at[4].date(), name="Fair", state="confirmed")
    near = [SlotFactory(doctor=doctor, starts_at=at[0] + timedelta(hours=n)) for n in (1, 2, 3, 4)]

    found = course(doctor, patient, day, **zone_free)

    said = ["taken", "kept", "already has", "is away", "closed", "no slot"]
    for one, words in zip(found, said, strict=True):
        assert words in one.problem
        assert one.slot is None
    assert found[0].alternatives == near[:3]


@pytest.mark.parametrize("times", [2, 20])
def test_series_plan_takes_five_queries(doctor, patient, times, django_assert_max_num_queries):
    settings = ClinicSettings.current()
    with django_assert_max_num_queries(5):
        plan(
            doctor,
            patient,
            first=in_days(7).date(),
            wall=time(12),
            every_weeks=1,
            times=times,
            settings=settings,
            by=doctor.user,
        )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_conditional", [True, False])
def test_series_of_two_desks_that_overlap_one_wins_whole(
    doctor, slots, monkeypatch, is_conditional
):
    """Without the condition of taking a slot, its lock and the database still keep them apart."""
    if not is_conditional:
        monkeypatch.setattr(
            holding, "take_open", lambda slot: Slot.objects.filter(pk=slot.pk).update(state="taken")
        )
    admin, barrier, answers = AdminFactory(), Barrier(2), []
    wishes = [(slots[:3], PatientFactory()), (list(reversed(slots[1:])), PatientFactory())]

    def run(wanted, patient):
        barrier.wait()
        try:
            answers.append(book(wanted, patient, admin))
        except PortalError as error:
            answers.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=wish) for wish in wishes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    [won] = [one for one in answers if isinstance(one, Series)]
    [lost] = [one for one in answers if isinstance(one, PortalError)]
    assert lost.status == 409
    assert Series.objects.get() == won
    assert Appointment.objects.count() == won.appointments.count() == 3
    assert Slot.objects.filter(state="taken").count() == 3


def _nothing_happened(slots, besides=None):
    ids = [slot.pk for slot in slots if slot != besides]
    assert set(Slot.objects.filter(pk__in=ids).values_list("state", flat=True)) == {"open"}
    for model in (Series, Appointment, Notification, AuditEvent):
        assert not model.objects.exists()
