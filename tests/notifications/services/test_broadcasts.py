"""Messages from the clinic to many (requirement D03)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portal.appointments.services import appointments
from portal.enums import Audience, Role
from portal.errors import Forbidden, PortalError, StaleState
from portal.models import AuditEvent, Broadcast, Notification
from portal.notifications.services import broadcasts
from portal.worker.services import recovery
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    DoctorFactory,
    PatientFactory,
    SlotFactory,
    UserFactory,
    in_days,
)
from tests.setups.outbox import deliver_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return AdminFactory()


def draft(**fields) -> Broadcast:
    given = {"audience": Audience.ROLE, "role": Role.PATIENT, "title": "Closed on Monday"}
    given |= {"text": "We are closed.", "channels": "portal email sms", "form_token": uuid4()}
    return Broadcast(**given | fields)


def sent(by, **fields) -> Broadcast:
    """Accepted and spread."""
    made = broadcasts.broadcast(draft(**fields), by=by)
    broadcasts.spread(made.pk)
    made.refresh_from_db()
    return made


def told(broadcast: Broadcast) -> set[tuple]:
    """(whose, channel) of each message."""
    rows = Notification.objects.filter(broadcast=broadcast)
    return {(row.user or row.patient, row.channel) for row in rows}


def test_D03_accepting_writes_the_broadcast_the_trace_and_a_task_only(admin):
    PatientFactory()

    made = broadcasts.broadcast(draft(), by=admin)

    assert (made.by, made.spread_at, made.recipients) == (admin, None, None)
    event = AuditEvent.objects.get(verb="broadcast")
    assert (event.actor_id, event.object_id) == (admin.pk, made.pk)
    assert event.changes["role"] == "patient"
    assert "text" not in event.changes
    task = DBTaskResult.objects.get()
    assert task.args_kwargs["kwargs"] == {"broadcast_id": made.pk}
    assert not Notification.objects.exists()


@pytest.mark.parametrize("who", ["patient", "doctor", "assistant"])
def test_D03_only_admins_write_to_many(who):
    with pytest.raises(Forbidden):
        broadcasts.broadcast(draft(), by=UserFactory(role=who))

    assert not Broadcast.objects.exists()


def test_D03_spreading_writes_each_ones_messages_and_tasks_for_fifty_each(admin):
    PatientFactory.create_batch(30)

    made = sent(admin)

    assert Notification.objects.filter(broadcast=made).count() == 90
    assert made.recipients == 30
    assert made.spread_at
    tasks = DBTaskResult.objects.filter(task_path="portal.worker.tasks.deliver")
    assert sorted(len(task.args_kwargs["kwargs"]["ids"]) for task in tasks) == [10, 50]


def test_D03_the_text_arrives_by_each_channel_as_it_was_typed(admin, mailoutbox):
    patient = PatientFactory()

    sent(admin, title="Closed <b>& moved</b>", text="Please <script>come</script> & sit.")
    deliver_all()

    mail = mailoutbox[0]
    assert mail.subject == "Closed <b>& moved</b>"
    assert "Please <script>come</script> & sit." in mail.body
    html = mail.alternatives[0][0]
    assert "<script>" not in html
    assert "Please &lt;script&gt;come&lt;/script&gt; &amp; sit." in html
    assert mail.to == [patient.user.email]
    assert set(Notification.objects.values_list("state", flat=True)) == {"sent"}


def test_D06_spreading_twice_doubles_nothing(admin):
    PatientFactory.create_batch(3)
    made = sent(admin)
    Broadcast.objects.update(spread_at=None)  # as if it had died just before it noted the end
    before = set(Notification.objects.values_list("pk", flat=True))

    broadcasts.spread(made.pk)
    broadcasts.spread(made.pk)

    assert set(Notification.objects.values_list("pk", flat=True)) == before
    assert DBTaskResult.objects.filter(task_path="portal.worker.tasks.deliver").count() == 1
    made.refresh_from_db()
    assert made.recipients == 3


def test_D06_spreading_goes_on_where_another_run_broke_off(admin):
    patients = PatientFactory.create_batch(3)
    made = broadcasts.broadcast(draft(), by=admin)
    key = f"broadcast:{made.pk}:u{patients[1].user_id}:email"
    there = Notification.objects.create(
        key=key, event="clinic_message", channel="email", user=patients[1].user, broadcast=made
    )

    broadcasts.spread(made.pk)

    assert Notification.objects.get(key=key) == there
    assert len(told(made)) == Notification.objects.filter(broadcast=made).count() == 9
    task = DBTaskResult.objects.get(task_path="portal.worker.tasks.deliver")
    assert there.pk not in task.args_kwargs["kwargs"]["ids"]


def test_D03_what_people_switched_off_is_left_out(admin):
    quiet, loud = PatientFactory(), PatientFactory()
    quiet.user.switched_off = "clinic_message:email clinic_message:sms"
    quiet.user.save()

    made = sent(admin)

    assert told(made) == {
        (quiet.user, "portal"),
        (loud.user, "portal"),
        (loud.user, "email"),
        (loud.user, "sms"),
    }


def test_D03_channels_that_were_not_chosen_are_left_out(admin):
    patient = PatientFactory()

    assert told(sent(admin, channels="portal")) == {(patient.user, "portal")}


def test_D03_a_role_is_everybody_with_an_open_account_of_it(admin):
    doctor, _patient = DoctorFactory(), PatientFactory()
    UserFactory(role=Role.DOCTOR, state="blocked")

    made = sent(admin, role=Role.DOCTOR)

    assert told(made) == {(doctor.user, "portal"), (doctor.user, "email")}


def test_D03_one_person(admin):
    patient, _other = PatientFactory(), PatientFactory()

    made = sent(admin, audience=Audience.USER, role="", user=patient.user, channels="portal")

    assert told(made) == {(patient.user, "portal")}


def test_D03_an_offices_patients_were_there_within_a_year_or_are_coming(admin):
    doctor = DoctorFactory()
    now = timezone.now()
    seen, coming, long_ago, gone = PatientFactory.create_batch(4)
    visitor = PatientFactory(user=None, phone="+34600111333")
    for patient, starts_at, state in (
        (seen, now - timedelta(days=360), "completed"),
        (coming, now + timedelta(days=3), "confirmed"),
        (visitor, now + timedelta(days=4), "confirmed"),
        (long_ago, now - timedelta(days=370), "completed"),
        (gone, now - timedelta(days=3), "cancelled"),
    ):
        AppointmentFactory(doctor=doctor, patient=patient, starts_at=starts_at, state=state)
    AppointmentFactory()  # at another office

    made = sent(
        admin, audience=Audience.OFFICE, role="", office=doctor.office, channels="portal sms"
    )

    assert told(made) == {
        (seen.user, "portal"),
        (seen.user, "sms"),
        (coming.user, "portal"),
        (coming.user, "sms"),
        (visitor, "sms"),
    }


def test_D03_a_doctors_day_reaches_each_patient_once_and_names_the_appointment(admin):
    doctor, patient = DoctorFactory(), PatientFactory()
    visitor = PatientFactory(user=None, phone="+34600111333")
    unreachable = PatientFactory(user=None, phone="")
    first = AppointmentFactory(doctor=doctor, patient=patient, starts_at=in_days(3, 9))
    AppointmentFactory(doctor=doctor, patient=patient, starts_at=in_days(3, 12))
    AppointmentFactory(doctor=doctor, patient=visitor, starts_at=in_days(3, 13))
    AppointmentFactory(doctor=doctor, patient=unreachable, starts_at=in_days(3, 14))
    AppointmentFactory(doctor=doctor, starts_at=in_days(3, 15), state="cancelled")
    AppointmentFactory(doctor=doctor, starts_at=in_days(4))

    made = sent(admin, audience=Audience.DOCTOR_DAY, role="", doctor=doctor, day=in_days(3).date())

    assert told(made) == {
        (patient.user, "portal"),
        (patient.user, "email"),
        (patient.user, "sms"),
        (visitor, "sms"),
    }
    assert made.recipients == 2
    of_patient = Notification.objects.filter(user=patient.user)
    assert set(of_patient.values_list("appointment", flat=True)) == {first.pk}


def test_D03_preview_counts_whom_each_channel_reaches(admin, django_assert_max_num_queries):
    PatientFactory.create_batch(3)
    quiet = PatientFactory(phone="").user
    quiet.switched_off = "clinic_message:email"
    quiet.save()
    UserFactory(role=Role.PATIENT)  # who has no patient's row, and so no phone

    with django_assert_max_num_queries(4):
        shown = broadcasts.preview(draft(), by=admin)

    assert shown.people == 5
    assert shown.reached == {"email": 4, "sms": 3, "portal": 5}
    assert shown.unreached == 0
    assert shown.subject == "Closed on Monday"
    assert "We are closed." in shown.mail
    assert "We are closed." in shown.portal
    assert "Closed on Monday" in shown.sms
    assert not shown.sms_is_cut
    assert not Notification.objects.exists()


def test_D03_preview_says_when_an_sms_cannot_hold_it(admin):
    shown = broadcasts.preview(draft(text="A long story. " * 100 + "The end."), by=admin)

    assert shown.sms_is_cut
    assert shown.mail.count("A long story.") == 100


def test_D03_an_sms_that_only_loses_accents_is_not_cut(admin):
    shown = broadcasts.preview(draft(text="Cerrado: “más allá” – José’s día."), by=admin)

    assert not shown.sms_is_cut


def test_D03_preview_says_who_cannot_be_reached(admin):
    doctor = DoctorFactory()
    for phone in ("", "+34600111333"):
        patient = PatientFactory(user=None, phone=phone)
        AppointmentFactory(doctor=doctor, patient=patient, starts_at=in_days(3, 9 + len(phone)))

    shown = broadcasts.preview(
        draft(audience=Audience.OFFICE, role="", office=doctor.office), by=admin
    )

    assert (shown.people, shown.unreached) == (2, 1)
    assert shown.reached == {"email": 0, "sms": 1, "portal": 0}


@pytest.mark.parametrize("audience", Audience.values)
def test_D03_preview_counts_what_is_sent(admin, audience):
    doctor = DoctorFactory()
    for n, fields in enumerate([{}, {"phone": ""}, {"user": None}, {"user": None, "phone": ""}]):
        patient = PatientFactory(**fields)
        AppointmentFactory(doctor=doctor, patient=patient, starts_at=in_days(3, 9 + n))
    one = draft(
        audience=audience,
        user=doctor.user,
        office=doctor.office,
        doctor=doctor,
        day=in_days(3).date(),
    )

    shown = broadcasts.preview(one, by=admin)
    broadcasts.spread(broadcasts.broadcast(one, by=admin).pk)

    rows = Notification.objects.all()
    assert shown.reached == {
        channel: rows.filter(channel=channel).count() for channel in ("email", "sms", "portal")
    }
    assert shown.people - shown.unreached == Broadcast.objects.get().recipients


def test_D03_the_same_form_sent_twice_sends_once(admin):
    PatientFactory()
    token = uuid4()

    first = broadcasts.broadcast(draft(form_token=token), by=admin)
    second = broadcasts.broadcast(draft(form_token=token), by=admin)

    assert first == second
    assert DBTaskResult.objects.count() == AuditEvent.objects.count() == 1


@pytest.mark.parametrize("changed", [{"text": "Another text"}, {"role": Role.ADMIN}])
def test_D03_a_form_sent_before_does_not_swallow_another_message(admin, changed):
    PatientFactory()
    token = uuid4()
    broadcasts.broadcast(draft(form_token=token), by=admin)

    with pytest.raises(StaleState):
        broadcasts.broadcast(draft(form_token=token, **changed), by=admin)

    assert Broadcast.objects.count() == 1


def test_D03_a_message_to_nobody_is_refused(admin):
    with pytest.raises(PortalError) as refused:
        broadcasts.broadcast(draft(), by=admin)

    assert refused.value.field == "audience"
    assert not Broadcast.objects.exists()


def test_D03_queries_of_spreading_do_not_grow_with_the_people(admin):
    counts = []
    for more in (5, 10):
        PatientFactory.create_batch(more)
        made = broadcasts.broadcast(draft(channels="portal email"), by=admin)
        with CaptureQueriesContext(connection) as queries:
            broadcasts.spread(made.pk)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_D06_what_was_broken_off_is_gone_on_with(admin):
    PatientFactory()
    made = broadcasts.broadcast(draft(), by=admin)
    spreading = DBTaskResult.objects.filter(task_path="portal.worker.tasks.spread")
    Broadcast.objects.update(created_at=timezone.now() - timedelta(hours=1))

    while_waiting = recovery.spread_on(by=None)
    spreading.update(status="FAILED")
    afterwards = recovery.spread_on(by=None)
    broadcasts.spread(made.pk)
    spreading.update(status="SUCCESSFUL")

    assert (while_waiting, afterwards) == (0, 1)
    assert recovery.spread_on(by=None) == 0


def test_D06_messages_to_many_let_through_what_one_waits_for(admin):
    sent(admin, role=Role.ADMIN)
    appointments.book(SlotFactory().pk, by=PatientFactory().user)

    first = DBTaskResult.objects.ready().filter(task_path="portal.worker.tasks.deliver").first()

    told = Notification.objects.filter(pk__in=first.args_kwargs["kwargs"]["ids"])
    assert {one.event for one in told} == {"appointment_confirmed"}
