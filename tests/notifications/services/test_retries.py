"""Trying again what has failed (requirement D03)."""

from uuid import uuid4

import pytest
from django.conf import settings
from django_tasks_db.models import DBTaskResult

from portal.appointments.services import appointments
from portal.errors import Forbidden, PortalError, StaleState
from portal.models import AuditEvent, Broadcast, Notification
from portal.notifications.services import retries
from tests.factories import AdminFactory, PatientFactory, SlotFactory, UserFactory, in_days
from tests.setups.outbox import deliver_all, mail_account

pytestmark = pytest.mark.django_db

ATTEMPTS = len(settings.DELIVERY_PAUSES) + 1


@pytest.fixture
def admin():
    return AdminFactory()


@pytest.fixture
def failed():
    """The mail about a booked appointment, which the mail server refused."""
    patient = PatientFactory()
    appointments.book(SlotFactory(starts_at=in_days(3)).pk, by=patient.user)
    Notification.objects.filter(channel="email").update(
        state="failed", attempts=ATTEMPTS, answer="550 No such mailbox", claimed_by="a-task"
    )
    return Notification.objects.get(user=patient.user, channel="email")


def test_D03_a_failed_message_is_sent_again(failed, admin, mailoutbox):
    retries.retry(failed, by=admin)

    failed.refresh_from_db()
    assert (failed.state, failed.attempts, failed.claimed_by) == ("queued", 0, "")
    task = DBTaskResult.objects.order_by("enqueued_at").last()
    assert task.args_kwargs["kwargs"] == {"ids": [failed.pk]}
    deliver_all()
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == ("sent", 1)
    assert mailoutbox[0].to == [failed.user.email]


def test_D03_a_retry_leaves_a_trace(failed, admin):
    retries.retry(failed, by=admin)

    event = AuditEvent.objects.get(verb="retry")
    assert (event.actor_id, event.object_id) == (admin.pk, failed.pk)
    assert event.patient_id == failed.patient_id
    assert event.changes == {"attempts": ATTEMPTS, "answer": "550 No such mailbox"}


@pytest.mark.parametrize("role", ["patient", "doctor", "assistant"])
def test_D03_only_admins_retry(failed, role):
    for act in (
        lambda by: retries.retry(failed, by=by),
        lambda by: retries.retry_all([failed.pk], by=by),
    ):
        with pytest.raises(Forbidden):
            act(UserFactory(role=role))

    failed.refresh_from_db()
    assert failed.state == "failed"


@pytest.mark.parametrize("state", ["queued", "sending", "sent", "void"])
def test_D03_what_has_not_failed_is_not_sent_again(failed, admin, state):
    Notification.objects.filter(pk=failed.pk).update(state=state)

    with pytest.raises(StaleState):
        retries.retry(failed, by=admin)

    assert not AuditEvent.objects.filter(verb="retry").exists()


def test_D03_two_who_try_again_at_once_send_once(failed, admin):
    retries.retry(failed, by=admin)

    with pytest.raises(StaleState):
        retries.retry(failed, by=admin)

    assert AuditEvent.objects.filter(verb="retry").count() == 1


def test_D03_what_was_overtaken_is_not_sent_again(failed, admin):
    appointments.cancel(failed.appointment, by=admin, reason="other")

    with pytest.raises(PortalError, match="overtaken"):
        retries.retry(failed, by=admin)

    failed.refresh_from_db()
    assert failed.state == "failed"


def test_D03_a_secret_message_whose_text_is_gone_is_not_sent_again(admin):
    mail = mail_account("a@example.org", user=None, subject="s", text="t", html="h")
    Notification.objects.update(state="failed", facts={})

    with pytest.raises(PortalError, match="not kept"):
        retries.retry(mail[0], by=admin)


def test_D03_all_failed_ones_that_still_hold_are_queued(failed, admin):
    other = PatientFactory()
    gone = appointments.book(SlotFactory(starts_at=in_days(4)).pk, by=other.user)
    appointments.cancel(gone, by=admin, reason="other")
    Notification.objects.filter(appointment=gone, event="appointment_confirmed").update(
        state="failed"
    )
    ids = list(Notification.objects.filter(state="failed").values_list("pk", flat=True))
    holding = Notification.objects.filter(state="failed", appointment=failed.appointment).count()

    result = retries.retry_all(ids, by=admin)

    assert result == (holding, len(ids) - holding)
    assert AuditEvent.objects.filter(verb="retry").count() == holding
    assert set(
        Notification.objects.filter(pk__in=ids, state="queued").values_list(
            "appointment", flat=True
        )
    ) == {failed.appointment_id}


def test_D03_many_are_delivered_by_fifty(admin):
    user = PatientFactory().user
    Notification.objects.bulk_create(
        Notification(
            key=f"k{n}", event="clinic_message", channel="email", state="failed", user=user
        )
        for n in range(60)
    )

    retries.retry_all(Notification.objects.values_list("pk", flat=True), by=admin)

    tasks = DBTaskResult.objects.all()
    assert sorted(len(task.args_kwargs["kwargs"]["ids"]) for task in tasks) == [10, 50]


def test_D03_a_broadcast_that_broke_off_is_spread_again(admin):
    made = Broadcast.objects.create(by=admin, title="t", text="t", form_token=uuid4())

    retries.spread_again(made, by=admin)

    assert DBTaskResult.objects.get().task_path == "portal.worker.tasks.spread"
    assert AuditEvent.objects.get().verb == "spread_again"
    Broadcast.objects.update(spread_at="2026-01-01T00:00Z")
    with pytest.raises(StaleState):
        retries.spread_again(made, by=admin)
