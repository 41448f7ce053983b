"""What a delivery report changes, in whichever order reports come (requirement D06)."""

from itertools import permutations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.enums import Channel
from portal.gateways.errors import Unreachable
from portal.models import Notification
from portal.notifications.services import delivery, reports
from tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


def message(state: str = "sent", provider_id: str = "SM1", **fields) -> Notification:
    return Notification.objects.create(
        key=f"test:{Notification.objects.count()}",
        event="clinic_message",
        channel=Channel.SMS,
        state=state,
        provider_id=provider_id,
        sent_at=timezone.now() if state == "sent" else None,
        **fields,
    )


def take(provider_id: str = "SM1", *, delivered: bool = True, answer: str = "", **more) -> bool:
    return reports.take_report(
        provider_id, channel=Channel.SMS, delivered=delivered, answer=answer, **more
    )


def fail(provider_id: str = "SM1", **more) -> bool:
    return take(provider_id, delivered=False, answer="Not a mobile number (30006)", **more)


def now(notification: Notification) -> tuple:
    notification.refresh_from_db()
    return notification.state, notification.provider_id, notification.delivered_at is not None


def test_D06_a_delivered_message_says_when():
    sent = message()

    assert take()
    assert now(sent) == ("sent", "SM1", True)


def test_D06_a_message_that_did_not_arrive_has_failed():
    sent = message()

    assert fail()
    assert now(sent) == ("failed", "SM1", False)
    assert sent.answer == "Not a mobile number (30006)"


def test_a_report_may_come_again():
    sent = message()
    take()
    first = Notification.objects.get().delivered_at

    assert not take()
    sent.refresh_from_db()
    assert sent.delivered_at == first


def test_a_failure_may_be_reported_again():
    message()
    fail()

    assert not fail()


@pytest.mark.parametrize("order", list(permutations([take, fail])))
def test_a_copy_that_failed_has_failed_in_whichever_order_it_is_told(order):
    sent = message()

    for report in order:
        report()

    assert now(sent) == ("failed", "SM1", False)


def test_the_delivery_of_another_copy_takes_a_failure_back():
    failed = message("failed", "SM1", answer="Not delivered")

    assert take("SM2", about=failed.pk)
    assert now(failed) == ("sent", "SM2", True)
    assert failed.answer == ""


def test_a_copy_that_failed_does_not_speak_for_the_one_that_was_sent():
    sent = message("sent", "SM2")

    assert not fail("SM1", about=sent.pk)
    assert now(sent) == ("sent", "SM2", False)


@pytest.mark.parametrize("state", ["queued", "sending", "failed"])
def test_a_message_that_was_delivered_is_not_sent_again(state):
    """The worker has not noted that it was taken, or its answer was lost on the way."""
    waiting = message(state, "")

    assert take(about=waiting.pk)
    assert now(waiting) == ("sent", "SM1", True)
    assert waiting.sent_at


def test_a_message_is_not_failed_while_another_attempt_waits():
    waiting = message("queued", "SM1")

    assert not fail(about=waiting.pk)
    assert now(waiting)[0] == "queued"


def test_a_failed_copy_does_not_take_the_place_of_another_attempt():
    """The mail was taken, came back, and the desk has asked for another attempt."""
    retried = message("queued", "SM1")

    assert not take("SM1")
    assert now(retried) == ("queued", "SM1", False)


def test_what_was_said_in_the_same_message_comes_to_the_same():
    leader = message()
    merged = message("sent", "", merged_into=leader)
    overtaken = message("void", "", merged_into=leader)

    take()
    assert now(merged) == ("sent", "", True)
    fail()
    assert now(merged) == ("failed", "", False)
    assert now(overtaken) == ("void", "", False)


@pytest.mark.parametrize("report", [take, fail])
def test_what_is_void_stays_void(report):
    void = message("void", "")

    assert not report(about=void.pk)
    assert now(void) == ("void", "", False)


@pytest.mark.parametrize(("delivered", "state"), [(True, "sent"), (False, "failed")])
def test_a_report_that_is_quicker_than_the_worker_stands(monkeypatch, delivered, state):
    """It comes after the provider has taken the message and before the worker has noted it."""
    waiting = message("queued", "", patient=PatientFactory(), facts={"title": "x", "text": "x"})

    def taken(notification):
        take("SM1", delivered=delivered, answer="", about=notification.pk)
        return "SM1"

    monkeypatch.setitem(delivery._SEND, Channel.SMS, taken)
    delivery.deliver([waiting.pk], claim="test")

    assert now(waiting) == (state, "SM1", delivered)


def test_a_lost_answer_leads_to_no_second_message(monkeypatch):
    waiting = message("queued", "", patient=PatientFactory(), facts={"title": "x", "text": "x"})

    def taken(notification):
        take("SM1", about=notification.pk)
        raise Unreachable("ReadTimeout")

    monkeypatch.setitem(delivery._SEND, Channel.SMS, taken)
    delivery.deliver([waiting.pk], claim="test")

    assert now(waiting) == ("sent", "SM1", True)


def test_what_is_secret_is_forgotten_once_it_is_delivered():
    secret = Notification.objects.create(
        key="secret", event="account", channel=Channel.EMAIL, state="sending", facts={"text": "x"}
    )

    reports.take_report("m1", channel=Channel.EMAIL, delivered=True, answer="", about=secret.pk)

    secret.refresh_from_db()
    assert (secret.state, secret.facts) == ("sent", {})


def test_a_complaint_is_kept_beside_the_delivery():
    sent = message()

    assert take(answer="The person marked it as spam")
    assert not take()
    sent.refresh_from_db()
    assert (sent.state, sent.answer) == ("sent", "The person marked it as spam")


@pytest.mark.parametrize(
    "who", [{"provider_id": "SM9"}, {"provider_id": ""}, {"provider_id": "SM1", "about": 10**17}]
)
def test_unknown_messages_are_passed_over(who):
    sent = message()
    message("queued", "")

    assert not take(**who)
    assert now(sent) == ("sent", "SM1", False)


def test_a_report_of_one_channel_is_none_of_another():
    sent = message()

    assert not reports.take_report("SM1", channel=Channel.EMAIL, delivered=False, answer="")
    assert now(sent)[0] == "sent"


def test_a_message_is_found_by_an_index():
    Notification.objects.bulk_create(
        Notification(
            key=f"index:{number}", event="reminder", channel=Channel.SMS, provider_id=f"SM{number}"
        )
        for number in range(2000)
    )
    with CaptureQueriesContext(connection) as queries:
        take()

    [search] = [one["sql"] for one in queries if "provider_id" in one["sql"]]
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE portal_notification")  # it knows of no rows yet
        cursor.execute(f"{explain} {search}")
        plan = "\n".join(row[-1] for row in cursor.fetchall())
    assert "notification_provider" in plan
