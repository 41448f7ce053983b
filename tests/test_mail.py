"""Mail leaves through the worker; a mail server that is down delays it and breaks nothing (A01)."""

import re
import smtplib
import socket
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portal import tasks
from portal.models import Patient
from tests.worker import work

pytestmark = pytest.mark.django_db(transaction=True)

SIGN_UP = {
    "name": "Ana Ruiz",
    "email": "ana@example.org",
    "phone": "612 345 678",
    "password1": "three-unrelated-words",
}


class Mailbox:
    """An SMTP server's store."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, _server, _session, envelope):
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture(autouse=True)
def _no_limits_yet(transactional_db):
    """The cache's table is no model's: what earlier tests counted in it is still there."""
    cache.clear()


@pytest.fixture
def port(settings):
    """A port that nothing listens on; mail is sent there by SMTP."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", number
    return number


@pytest.fixture
def mail_server(port):
    """Starts an SMTP server on the port: `mail_server()` gives its mailbox."""
    started = []

    def start() -> Mailbox:
        mailbox = Mailbox()
        controller = Controller(mailbox, hostname="127.0.0.1", port=port)
        controller.start()
        started.append(controller)
        return mailbox

    yield start
    for controller in started:
        controller.stop()


def waiting() -> DBTaskResult:
    return DBTaskResult.objects.get(status="READY")


def test_A01_sign_up_survives_a_dead_mail_server(client, port):
    answer = client.post(reverse("account_signup"), SIGN_UP)
    work()

    assert answer.status_code == 302
    assert Patient.objects.get().name == "Ana Ruiz"
    assert waiting().run_after > timezone.now()


def test_A01_mail_arrives_once_the_mail_server_is_back(client, mail_server):
    client.post(reverse("account_signup"), SIGN_UP)
    work()

    mailbox = mail_server()
    work()
    too_early = list(mailbox.mails)
    with time_machine.travel(timezone.now() + timedelta(minutes=1, seconds=1)):
        work()

    assert not too_early
    [mail] = mailbox.mails
    assert mail["To"] == "ana@example.org"
    text = mail.get_body(("plain",)).get_content()
    link = re.search(r"http://localhost:8000(/accounts/confirm-email/\S+)", text).group(1)
    assert "Yes, confirm" in client.get(link).content.decode()


def test_every_attempt_carries_the_same_message_id(port, mail_server):
    tasks.send_mail.enqueue(to="ana@example.org", subject="Hello", text="Hello")
    work()
    first = waiting().args_kwargs["kwargs"]["message_id"]

    mailbox = mail_server()
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        work()

    assert mailbox.mails[0]["Message-ID"] == first
    assert first.endswith("@localhost>")


def test_pauses_grow_and_the_last_failure_stays_visible(port):
    tasks.send_mail.enqueue(to="ana@example.org", subject="Hello", text="Hello")

    pauses, moment = [], timezone.now()
    for _attempt in tasks.PAUSES:
        with time_machine.travel(moment, tick=False):
            work()
        pauses.append(round((waiting().run_after - moment).total_seconds() / 60))
        moment = waiting().run_after + timedelta(seconds=1)
    with time_machine.travel(moment):
        work()

    assert tuple(pauses) == tasks.PAUSES
    failed = DBTaskResult.objects.get(status="FAILED")
    assert failed.exception_class_path == "builtins.ConnectionRefusedError"
    assert not DBTaskResult.objects.filter(status="READY").exists()


def test_a_refused_recipient_is_tried_again_too(port, mail_server):
    class Refusing(Mailbox):
        async def handle_RCPT(self, *_arguments):
            return "451 Come back later"

    controller = Controller(Refusing(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        tasks.send_mail.enqueue(to="ana@example.org", subject="Hello", text="Hello")
        work()
    finally:
        controller.stop()

    assert issubclass(smtplib.SMTPRecipientsRefused, OSError)
    assert waiting().args_kwargs["kwargs"]["attempt"] == 1
