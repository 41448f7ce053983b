"""A new event, about what is no appointment, needs one declaration and three texts (D01)."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portal.enums import Channel
from portal.models import Doctor, Notification
from portal.notifications.declaration import Event, Link, Merging, Recipient, Topic
from portal.notifications.facts import Facts, Moment, PlaceName, Text
from portal.notifications.registry import EVENTS, register
from portal.notifications.services import preferences, retries
from portal.notifications.services.notifications import tell
from tests.factories import AdminFactory, DoctorFactory, OfficeFactory, UserFactory, in_days
from tests.setups.outbox import deliver_all

pytestmark = pytest.mark.django_db

TEXTS = Path(__file__).parent / "office_moves"


class OfficeMoves(Facts):
    office: PlaceName
    zone: str
    address: str
    moves_at: Moment
    note: Text = ""


def doctors_of(office, by) -> list[Recipient]:
    return [Recipient("doctor", one.user) for one in Doctor.objects.filter(office=office)]


def facts_of(office, by, given) -> dict:
    return {"office": office.name, "zone": office.time_zone}


def to_offices(notification, reader) -> Link:
    return Link("See all free times", reverse("slots"))


@pytest.fixture(autouse=True)
def event(settings):
    """Declared as a package would in its events.py, with its texts among the templates."""
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [engine | {"DIRS": [*engine["DIRS"], TEXTS]}]
    declared = Event(
        name="office_moves",
        label="An office moves",
        topic=Topic("offices", "Our offices", "What is ticked in grey is always sent."),
        channels={"doctor": (Channel.EMAIL, Channel.PORTAL)},
        opt_out=frozenset({Channel.EMAIL}),
        recipients=doctors_of,
        facts=OfficeMoves,
        facts_of=facts_of,
        key="office:{about.pk}:{facts[moves_at]}:{event}:{recipient.mark}:{channel}",
        expiry="moves_at",
        link=to_offices,
    )
    register(declared)
    yield declared
    del EVENTS["office_moves"]


@pytest.fixture
def office():
    return OfficeFactory(name="North")


@pytest.fixture
def doctor(office):
    return DoctorFactory(office=office)


def tell_move(office, **facts) -> list[Notification]:
    moves_at = in_days(3)
    facts = {"address": "2 Quay", "moves_at": moves_at.isoformat(), "note": "Lift\nout"} | facts
    return tell("office_moves", about=office, by=AdminFactory(), **facts)


def test_it_is_delivered_by_mail(office, doctor, mailoutbox, settings):
    DoctorFactory()  # of another office

    tell_move(office)
    deliver_all()

    [mail] = mailoutbox
    assert mail.to == [doctor.user.email]
    assert mail.subject.startswith("North moves on ")
    assert "North moves to 2 Quay." in mail.body
    assert "Lift\nout" in mail.body
    assert f"See all free times:\n{settings.ORIGIN}{reverse('slots')}" in mail.body
    assert "List-Unsubscribe" in mail.extra_headers
    assert mail.attachments == []


def test_it_stands_in_the_portal_with_its_link(office, doctor):
    _mail, told = tell_move(office)
    client = Client()
    client.force_login(doctor.user)

    in_list = client.get(reverse("notifications")).content.decode()
    page = client.get(told.get_absolute_url()).content.decode()

    assert "North moves on " in in_list
    assert "See all free times" in page
    assert f'href="{reverse("slots")}"' in page


def test_what_is_switched_off_is_not_sent(office, doctor):
    preferences.set_preferences(doctor.user, off={"office_moves:email"}, by=doctor.user)

    assert [one.channel for one in tell_move(office)] == ["portal"]


def test_it_is_on_the_preferences_page_of_those_who_get_it(doctor):
    client = Client()
    for user, is_offered in ((doctor.user, True), (UserFactory(role="assistant"), False)):
        client.force_login(user)
        page = client.get(reverse("notification-preferences")).content.decode()
        assert ("Our offices" in page) == is_offered
        assert ('value="office_moves:email"' in page) == is_offered


def test_the_link_in_the_mail_switches_it_off(office, doctor):
    url = reverse(
        "notification-unsubscribe",
        args=[preferences.unsubscribe_token(doctor.user, event="office_moves")],
    )

    page = Client().post(url).content.decode()

    assert "An office moves" in page
    doctor.user.refresh_from_db()
    assert doctor.user.switched_off == "office_moves:email"


def test_expired_it_is_void(office, doctor, mailoutbox):
    mail, _portal = tell_move(office)

    with time_machine.travel(timezone.now() + timedelta(days=4)):
        deliver_all()

    mail.refresh_from_db()
    assert (mail.state, mailoutbox) == ("void", [])


def test_failed_and_expired_it_is_not_sent_again(office, doctor):
    mail, _portal = tell_move(office, moves_at=(timezone.now() - timedelta(hours=1)).isoformat())
    Notification.objects.filter(pk=mail.pk).update(state="failed")

    queued, left = retries.retry_all([mail.pk], by=AdminFactory())

    assert (queued, left) == (0, 1)


def test_the_ledger_names_and_finds_it(office, doctor):
    tell_move(office)
    client = Client()
    client.force_login(AdminFactory())

    page = client.get(reverse("manage-messages"), {"event": "office_moves"})

    assert {line.event for line in page.context["lines"]} == {"An office moves"}
    assert len(page.context["lines"]) == 2


def test_many_are_told_by_one_task(office):
    DoctorFactory.create_batch(3, office=office)

    assert len(tell_move(office)) == 6
    assert DBTaskResult.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"moves_at": "tomorrow"}, "moves_at is 'tomorrow'"),
        ({"moves_at": "2027-03-04T10:00:00"}, "moves_at is"),  # of which zone?
        ({"note": 3}, "note is 3"),
        ({"colour": "red"}, "colour is unknown"),
    ],
)
def test_facts_are_as_declared(office, doctor, wrong, said):
    with pytest.raises(TypeError, match=said):
        tell_move(office, **wrong)


def test_a_fact_without_default_is_needed(office, doctor):
    with pytest.raises(TypeError, match="address is missing"):
        tell("office_moves", about=office, by=None, moves_at=timezone.now().isoformat())


def test_a_name_is_declared_once(event):
    with pytest.raises(ValueError, match="office_moves"):
        register(event)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"opt_out": frozenset({Channel.SMS})}, "not used"),
        ({"expiry": "closes_at"}, "no fact “closes_at”"),
        ({"merging": Merging(list, print), "skips_known": True}, "cannot be passed over"),
    ],
)
def test_a_declaration_without_sense_is_refused(event, wrong, said):
    with pytest.raises(ValueError, match=said):
        replace(event, **wrong)


def test_of_an_event_that_skips_known_keys_what_is_there_stays(office, doctor, event):
    EVENTS["office_moves"] = replace(event, skips_known=True)

    first = tell_move(office)
    again = tell_move(office, moves_at=first[0].facts["moves_at"])

    assert (len(first), again) == (2, [])
    assert DBTaskResult.objects.count() == 1


def test_what_nobody_declares_cannot_be_told(office):
    with pytest.raises(KeyError):
        tell("office_burns", about=office, by=None)
