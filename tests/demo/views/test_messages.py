"""The demo's mailbox: what went into the folders, with links that work; never without DEBUG."""

import re

import pytest
from django.core.mail import EmailMultiAlternatives
from django.urls import NoReverseMatch, include, path, reverse

from portal.demo.views.demo_messages import demo_messages
from portal.gateways import sms
from tests.test_settings import STRONG, start

urlpatterns = [
    path("demo/messages/", demo_messages, name="demo-messages"),
    path("", include("clinic.urls")),
]
URL = "/demo/messages/"


@pytest.fixture
def demo(settings, tmp_path, db):
    """Folders of its own, and the page as it is in a demo."""
    settings.MAIL_DIR, settings.SMS_DIR = tmp_path / "mail", tmp_path / "sms"
    settings.EMAIL_BACKEND = "portal.gateways.mail_folder.EmailBackend"
    settings.ROOT_URLCONF = __name__


def write(
    subject="Hello", *, to="ana@example.org", text="See http://localhost:8000/slots/?a=1&b=2"
):
    mail = EmailMultiAlternatives(subject, text, "clinic@localhost", [to])
    mail.attach_alternative("<p>Only for mail programs</p>", "text/html")
    mail.attach("appointment.ics", "BEGIN:VCALENDAR", "text/calendar")
    mail.send()


def shown(client, query="") -> str:
    response = client.get(URL + query)
    assert response.status_code == 200
    return response.content.decode()


def subjects(html: str) -> list[str]:
    return re.findall(r'demo-subject">(.*?)<', html)


def test_the_newest_mail_comes_first_with_its_link(client, demo):
    write("First")
    write("Second")

    html = shown(client)

    assert subjects(html) == ["Second", "First"]
    assert 'href="http://localhost:8000/slots/?a=1&amp;b=2"' in html
    assert "appointment.ics" in html
    assert "Only for mail programs" not in html


def test_a_calendar_beside_the_text_is_named(client, demo):
    mail = EmailMultiAlternatives("Hello", "Text", "clinic@localhost", ["ana@example.org"])
    mail.attach_alternative("BEGIN:VCALENDAR", "text/calendar; method=REQUEST")
    mail.send()

    assert "text/calendar" in shown(client)


def test_an_sms_is_shown(client, demo):
    sms.send("+34600111222", "Your code is http://localhost:8000/slots/", about=1)

    html = shown(client)

    assert "+34600111222" in html
    assert 'href="http://localhost:8000/slots/"' in html


def test_channel_and_address_narrow_the_list(client, demo):
    write("For Ana")
    write("For Zoë", to="zoë@example.org")
    sms.send("+34600111222", "An SMS", about=1)

    assert subjects(shown(client, "?channel=email")) == ["For Zoë", "For Ana"]
    assert subjects(shown(client, "?channel=sms")) == []
    assert subjects(shown(client, "?channel=nonsense")) == ["For Zoë", "For Ana"]
    assert subjects(shown(client, "?to=ana@example.org")) == ["For Ana"]
    assert "An SMS" in shown(client, "?to=%2B34600111222")


def test_only_the_newest_fifty_are_shown(client, demo):
    for number in range(60):
        write(f"Number {number}")

    assert subjects(shown(client)) == [f"Number {number}" for number in range(59, 9, -1)]


def test_markup_in_messages_stays_text(client, demo):
    markup = "<script>alert(1)</script>"
    write(markup, text=f"{markup} javascript:alert(1)")
    sms.send("+34600111222", markup, about=1)

    html = shown(client, f"?to={markup}") + shown(client)

    assert "<script>alert" not in html
    assert 'href="javascript' not in html


def test_before_anything_was_sent_it_says_what_to_do(client, demo):
    assert "Nothing has been sent yet" in shown(client)


def test_the_page_costs_no_query_a_message(client, demo, django_assert_max_num_queries):
    for _ in range(20):
        write()

    with django_assert_max_num_queries(1):  # the clinic's name
        shown(client)


def test_after_signing_up_the_mailbox_is_one_click_away(client, demo):
    assert (
        f'href="{URL}"' in client.get(reverse("account_email_verification_sent")).content.decode()
    )


def test_without_debug_there_is_no_such_shown(client, db):
    assert client.get(URL).status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("demo-messages")
    assert "demo" not in client.get(reverse("account_email_verification_sent")).content.decode()


@pytest.mark.parametrize("debug", ["on", "off"])
def test_debug_alone_decides(tmp_path, debug):
    asking = (
        "import django; django.setup(); from django.urls import get_resolver;"
        "print('demo-messages' in get_resolver().reverse_dict)"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "clinic.settings", "SECRET_KEY": STRONG}

    started = start(tmp_path, code=asking, DEBUG=debug, **environment)

    assert started.stdout.strip() == str(debug == "on"), started.stderr


def test_A04_the_mailbox_is_accessible(page, live_server, demo, axe_clean):
    write("A very long subject " * 8, text="http://localhost:8000/" + "x" * 200)
    write()
    sms.send("+34600111222", "An SMS with http://localhost:8000/" + "y" * 80, about=1)

    page.goto(URL)
    page.locator("summary").last.click()
    axe_clean(page)
    page.goto(f"{URL}?to=ana@example.org&channel=sms")
    axe_clean(page)
