"""Mail leaves through the worker; a mail server that is down delays it and breaks nothing (A01)."""

import re
import socket
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from icalendar import Calendar

from portal.models import Notification, Patient
from portal.notifications.services import delivery, notifications, wording
from tests.factories import AppointmentFactory, in_days
from tests.setups.outbox import mail_account
from tests.setups.worker import work

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


def write() -> None:
    mail_account("ana@example.org", user=None, subject="Hello", text="Hello", html="<p>Hello</p>")


def test_every_attempt_carries_the_same_message_id(port, mail_server):
    write()
    work()
    first = wording.message_id(Notification.objects.get())

    mailbox = mail_server()
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        work()

    assert mailbox.mails[0]["Message-ID"] == first
    assert first.endswith("@localhost>")


def test_pauses_grow_and_the_last_failure_stays_visible(port, settings):
    write()

    pauses, moment = [], timezone.now()
    for _attempt in settings.DELIVERY_PAUSES:
        with time_machine.travel(moment, tick=False):
            work()
        pauses.append(round((waiting().run_after - moment).total_seconds()))
        moment = waiting().run_after + timedelta(seconds=1)
    with time_machine.travel(moment):
        work()

    assert pauses == settings.DELIVERY_PAUSES
    failed = Notification.objects.get(state="failed")
    assert failed.answer.startswith("ConnectionRefusedError")
    assert failed.attempts == len(pauses) + 1
    assert not DBTaskResult.objects.filter(status="READY").exists()


@pytest.mark.parametrize(
    ("answer", "state"), [("451 Come back later", "queued"), ("550 No such user", "failed")]
)
def test_a_refused_recipient_is_tried_again_unless_refused_for_good(port, answer, state):
    class Refusing(Mailbox):
        async def handle_RCPT(self, *_arguments):
            return answer

    controller = Controller(Refusing(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        write()
        work()
    finally:
        controller.stop()

    notification = Notification.objects.get()
    assert (notification.state, notification.answer) == (state, answer)


def test_the_mails_of_one_task_share_a_connection_and_a_failure_ends_it(port):
    class Choosy(Mailbox):
        connections = 0

        async def handle_EHLO(self, _server, session, _envelope, hostname, answers):
            session.host_name = hostname
            self.connections += 1
            return answers

        async def handle_RCPT(self, _server, _session, envelope, address, _options):
            if address.startswith("bad"):
                return "451 Come back later"
            envelope.rcpt_tos.append(address)
            return "250 OK"

    def ids_of(*names: str) -> list[int]:
        facts = {"subject": "Hello", "text": "Hello", "html": "<p>Hello</p>"}
        addresses = [f"{name}@example.org" for name in names]
        written = [mail_account(address, user=None, **facts) for address in addresses]
        return [mail.pk for [mail] in written]

    mailbox = Choosy()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        delivery.deliver(ids_of("ana", "bea", "eva"), claim="good")
        after_three = mailbox.connections
        delivery.deliver(ids_of("kim", "bad", "lea"), claim="mixed")
    finally:
        controller.stop()

    assert (after_three, mailbox.connections) == (1, 3)
    assert [mail["To"][:3] for mail in mailbox.mails] == ["ana", "bea", "eva", "kim", "lea"]


def test_what_is_secret_is_forgotten_once_it_is_sent(mail_server):
    mail_server()
    write()
    work()

    notification = Notification.objects.get()
    assert (notification.state, notification.facts) == ("sent", {})


def test_D01_an_invitation_survives_the_way(mail_server):
    mailbox = mail_server()
    appointment = AppointmentFactory(
        doctor__office__address="Calle Nuñez 1, 2º; " + "Barrio del Ñandú " * 8,
        starts_at=in_days(3),
    )
    with transaction.atomic():
        notifications.tell("appointment_confirmed", about=appointment, by=None)
    work()

    assert len(mailbox.mails) == 2
    for mail in mailbox.mails:
        [part] = mail.iter_attachments()
        [event] = Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")
        assert part.get_content_charset() == "utf-8"
        assert event["location"] == f"{appointment.office}, {appointment.office.address.strip()}"
        assert event["dtstart"].dt == appointment.starts_at
