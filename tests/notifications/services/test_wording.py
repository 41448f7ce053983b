"""What every message says: each event, recipient and channel of the registry (requirement D01)."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from html.parser import HTMLParser

import pytest

from portal.appointments.queries.message_facts import facts_of
from portal.enums import Channel
from portal.models import ClinicSettings, Notification
from portal.notifications.registry import EVENTS
from portal.notifications.services import wording
from portal.notifications.services.segments import segments
from tests.factories import AppointmentFactory, NotificationFactory, UserFactory

pytestmark = pytest.mark.django_db

ORIGIN = "https://clinic.example"
STARTS = datetime(2027, 3, 4, 12, 30, tzinfo=UTC)
# What some events say beside what all do.
OFFER = {
    "offer": 17,
    "expires_at": "2027-03-04T10:30:00+00:00",
    "phone": "+34 910 00 00 01",
    "moves": True,
}
NOTE = {
    "note": 17,
    "patient": "Ana Ruiz",
    "doctor": "Dr Elena Gil",
    "starts_at": "2027-03-04T09:00:00+00:00",
    "zone": "Europe/Madrid",
}
NOTES = ("note_signed", "correction_asked", "correction_answered")
ACCESS = {
    "access": 17,
    "patient": "Ana Ruiz",
    "user": "Ben Lund",
    "scopes": ["appointments"],
    "until": "4 March 2027",
    "age": 16,
}
ACCESSES = [name for name in EVENTS if name.startswith("access_")]
NAMES_WHOM = ("proxy", "offered")  # they read whom they look after
ERASURES = ("erasure_asked", "erasure_withdrawn", "erasure_begins")
MORE = {
    **dict.fromkeys(NOTES, NOTE),
    "slot_offered": OFFER,
    "offer_expired": OFFER,
    "offer_withdrawn": OFFER,
    "appointment_moved": {"was_starts_at": "2027-03-02T09:00:00+00:00"},
    "appointment_requested": {"answer_by": "2027-03-03T09:00:00+00:00"},
    "request_declined": {
        "has_reason": True,
        "free_times": [
            {
                "slot": 1,
                "starts_at": "2027-03-05T09:00:00+00:00",
                "ends_at": "2027-03-05T09:30:00+00:00",
                "zone": "Europe/Madrid",
                "office": "North",
            }
        ],
    },
    "email_corrected": {"admin": "Adam Boss", "address": "a•••@example.org"},
    "wait_ended": {"wait": 17, "specialty": 3},
    "own_data_ready": {"until": "2027-03-05T09:00:00+00:00", "zone": "Europe/Madrid"},
    "second_factor_reset": {"person": "Ana Ruiz", "admin": "Adam Boss"},
    "clinic_message": {
        "title": "Closed on Monday",
        "text": "We are closed.\n\nSee you on Tuesday.",
    },
    "link_code": {"code": "123456"},
    **{key: {"on": "4 March 2027", "has_account": True} for key in ERASURES},
    **dict.fromkeys(ACCESSES, ACCESS),
    "patient_changed": {"what": ["full name", "phone"]},
}
WITHOUT_REFERENCE = (
    "clinic_message",
    "link_code",
    "own_data_ready",
    "slot_offered",
    *ERASURES,
    *NOTES,
)
CASES = [
    pytest.param(event.name, kind, channel, id=f"{event.name}-{kind}-{channel}")
    for event in EVENTS.values()
    if event.name != "account"  # rendered by allauth, see tests/accounts/views/test_mails.py
    for kind, channels in event.channels.items()
    for channel in channels
]
every_message = pytest.mark.parametrize(("event", "kind", "channel"), CASES)
every_mail = pytest.mark.parametrize(
    ("event", "kind", "channel"), [case for case in CASES if case.values[2] == Channel.EMAIL]
)
every_sms = pytest.mark.parametrize(
    ("event", "kind", "channel"), [case for case in CASES if case.values[2] == Channel.SMS]
)
LONG = "Interdisciplinary Harbour and Northern Districts Outpatient Centre for Everybody"
NASTY = '<script>1</script>"><img src=x>{{ 77*77 }}\r\nBcc: e@evil.example\n\n\u202e\u2066😀'


@pytest.fixture(autouse=True)
def clinic(settings):
    settings.ORIGIN = ORIGIN
    return ClinicSettings.objects.create(pk=1, name="Harbour Clinic", phone="+34910000001")


@pytest.fixture
def appointment():
    return AppointmentFactory(
        starts_at=STARTS,
        patient__name="Ana Ruiz",
        doctor__name="Dr Elena Gil",
        doctor__office__name="North",
        doctor__office__address="1 Harbour Street",
        doctor__specialty__name="Xenology",
        reason="Zymurgy",
        reference="K7M-4QX",
    )


def rename(appointment, clinic, name: str) -> None:
    for thing in (appointment.patient, appointment.doctor, appointment.office, clinic):
        thing.name = name
        thing.save()
    appointment.office.address = name
    appointment.office.save()


def written(appointment, event: str, kind: str, channel: str, **facts) -> Notification:
    """As a service writes it; `facts` override."""
    more = MORE.get(event, {}) | facts
    if kind in ("user", "login", "invited", "admin", "proxy", "offered", "asked"):
        return NotificationFactory(
            event=event,
            channel=channel,
            appointment=None,
            patient=None,
            user=UserFactory(name=appointment.patient.name),
            address="to@example.org",
            facts=more | {"for": kind},
        )
    return NotificationFactory(
        event=event,
        channel=channel,
        appointment=appointment,
        user={"patient": appointment.patient, "doctor": appointment.doctor}[kind].user,
        address="to@example.org",
        facts=facts_of(appointment)
        | {"for": kind, "by": "clinic", "appointment": appointment.pk}
        | more,
    )


def sent(notification: Notification):
    """The mail as the other end parses it."""
    return message_from_bytes(
        wording.email(notification).message().as_bytes(), policy=policy.default
    )


def text_of(mail) -> str:
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def page_of(mail) -> str:
    return mail.get_body(("html",)).get_content()


class Page(HTMLParser):
    """The tags, links and visible words of a page."""

    def __init__(self, html: str):
        super().__init__()
        self.tags, self.links, self.words = set(), [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]
        assert not [name for name, _value in attrs if name.startswith("on")]

    def handle_data(self, data):
        self.words += data


def told(notification: Notification) -> list[str]:
    """Everything that the message says, whatever the channel."""
    words = [wording.title(notification), wording.short(notification)]
    if notification.channel == Channel.EMAIL:
        mail = sent(notification)
        words += [text_of(mail), page_of(mail), mail["Subject"], mail["From"]]
        words += [part.get_content() for part in mail.iter_attachments()]
    return words


@every_message
def test_D01_every_message_is_made_of_words(appointment, event, kind, channel):
    for words in told(written(appointment, event, kind, channel)):
        assert words.strip()
        assert not re.search(r"\{\{|\{%|%\}|%\(|\bNone\b|  +,|\(\)|, ,", words), words


@every_message
def test_D01_nothing_clinical_is_said(appointment, event, kind, channel):
    for words in told(written(appointment, event, kind, channel)):
        assert not re.search("Xenology|Zymurgy", words), words


@every_message
def test_D01_subjects_and_sms_name_no_patient(appointment, event, kind, channel):
    notification = written(appointment, event, kind, channel)

    if kind not in NAMES_WHOM:
        assert "Ana" not in wording.title(notification)
    if channel == Channel.SMS:
        assert "Ana" not in wording.short(notification)


@every_sms
def test_D01_one_sms_is_enough_but_for_a_link(appointment, clinic, event, kind, channel):
    rename(appointment, clinic, LONG)
    text = wording.short(written(appointment, event, kind, channel, office=LONG))

    assert segments(re.sub(r"\. (Coming\?|Take it:) \S+", "", text)) == 1, text
    assert segments(text) <= 2, text
    assert text.startswith("Interdisciplinary")
    if event not in WITHOUT_REFERENCE:
        assert "Ref K7M-4QX" in text


@every_sms
@pytest.mark.parametrize("name", ["Κλινική του Λιμανιού της Βόρειας Περιοχής και άλλων", NASTY])
def test_D01_names_of_any_script_fit_in_two_sms(appointment, clinic, event, kind, channel, name):
    rename(appointment, clinic, name)
    text = wording.short(written(appointment, event, kind, channel))

    assert segments(text) <= 2, text
    if event not in WITHOUT_REFERENCE:
        assert "Ref K7M-4QX" in text


@every_mail
def test_D01_a_mail_has_one_recipient_and_is_known_again(appointment, clinic, event, kind, channel):
    notification = written(appointment, event, kind, channel)
    mail = sent(notification)

    assert mail["To"] == "to@example.org"
    assert mail["Cc"] is mail["Bcc"] is None
    assert mail["Message-ID"] == f"<notification-{notification.pk}@clinic.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["From"] == "Harbour Clinic <clinic@localhost>"


@every_mail
def test_D01_the_page_of_a_mail_says_what_its_text_says(appointment, event, kind, channel):
    mail = sent(written(appointment, event, kind, channel))
    page = Page(page_of(mail))
    shown = " ".join(page.words.split())

    for line in text_of(mail).replace("\n-- \n", "\n").splitlines():
        words = line.strip()
        assert words.removesuffix(":") in shown or words in page.links, line
    assert mail["Subject"] in shown


@every_mail
def test_D01_links_lead_to_the_portal_only(appointment, event, kind, channel):
    mail = sent(written(appointment, event, kind, channel))

    links = re.findall(r"https?://\S+", text_of(mail)) + Page(page_of(mail)).links
    assert links
    assert all(link == ORIGIN or link.startswith(f"{ORIGIN}/") for link in links), links


@every_mail
def test_D01_names_full_of_markup_stay_names(appointment, clinic, event, kind, channel):
    plain = sent(written(appointment, event, kind, channel))
    rename(appointment, clinic, NASTY)
    facts = {"title": NASTY, "text": NASTY} if event == "clinic_message" else {}
    notification = written(appointment, event, kind, channel, **facts)
    mail = sent(notification)

    assert mail.keys() == plain.keys()
    assert (mail["To"], mail["Cc"], mail["Bcc"]) == ("to@example.org", None, None)
    assert mail["From"].addresses[0].addr_spec == "clinic@localhost"
    assert len(mail["From"].addresses) == 1
    assert Page(page_of(mail)).tags <= Page(page_of(plain)).tags | {"br"}
    for words in told(notification):
        assert "5929" not in words
        assert not re.search("[\u202e\u2066]", words)
        assert "\nBcc" not in words or event == "clinic_message"
    assert "\n" not in mail["Subject"]


@every_mail
def test_D01_what_may_be_switched_off_says_how(appointment, event, kind, channel):
    mail = sent(written(appointment, event, kind, channel))

    if Channel.EMAIL in EVENTS[event].opt_out:
        link = mail["List-Unsubscribe"].strip(" <>")
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert link.startswith(f"{ORIGIN}/notifications/unsubscribe/")
        assert link in text_of(mail)
    else:
        assert mail["List-Unsubscribe"] is mail["List-Unsubscribe-Post"] is None
        assert "unsubscribe" not in text_of(mail)
