"""What the mails about an account say, and where their links lead (requirements A01, A04)."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from portal.models import ClinicSettings
from tests.accounts.views.conftest import SIGN_UP, sign_in
from tests.factories import PASSWORD, PatientFactory, UserFactory

pytestmark = pytest.mark.django_db

ORIGIN = "https://clinic.example"
EVIL = "evil.example"


@pytest.fixture
def every_mail(settings, sign_up, mails):
    """Each mail that allauth sends here, asked for with a forged Host header."""
    settings.ORIGIN, settings.ALLOWED_HOSTS = ORIGIN, ["*"]
    ClinicSettings.objects.create(pk=1, name="Clínica Ñandú & Co", phone="+34910000001")
    user = PatientFactory(user__email="old@example.org").user
    client = Client(HTTP_HOST=EVIL, HTTP_X_FORWARDED_HOST=EVIL)

    sign_up(client, next="/slots/")
    sign_up(Client(HTTP_HOST=EVIL), email=user.email)
    for email in (user.email, "nobody@example.org"):
        client.post(reverse("account_reset_password"), {"email": email})
    key = re.search(r"/password/reset/key/\S+", mails()[2].body).group()
    form = client.get(f"/accounts{key}", follow=True)
    client.post(form.context["action_url"], {"password1": PASSWORD + "!"})
    sign_in(client, user.email, PASSWORD + "!")
    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD + "!", "password1": PASSWORD},
    )
    for email in ("off@example.org", "new@example.org"):
        asked = client.post(reverse("account_email"), {"action_add": "", "email": email})
        again = {"password": PASSWORD, "next": reverse("account_email")}
        client.post(asked["Location"], again)
        if email.startswith("off"):
            client.post(reverse("account_email"), {"action_remove": "", "email": email})
    key = re.search(r"/accounts/confirm-email/\S+", mails()[-1].body).group()
    client.post(key)
    invited = UserFactory(password=None)
    client.force_login(invited)
    client.post(reverse("account_set_password"), {"password1": PASSWORD})
    return mails()


def test_every_mail_is_ours(every_mail):
    subjects = {mail.subject for mail in every_mail}

    assert subjects == {
        "Confirm your email address for Clínica Ñandú & Co",
        "You already have an account at Clínica Ñandú & Co",
        "Choose a new password for Clínica Ñandú & Co",
        "Signing in at Clínica Ñandú & Co",
        "Your password was changed",
        "The change of your email address was cancelled",
        "Your email address was changed",
        "Your password was set",
    }


def test_no_mail_names_another_host(every_mail):
    for mail in every_mail:
        message = mail.message().as_string() + mail.body + mail.alternatives[0].content
        links = re.findall(r"https?://[^\s\"<]+", mail.body + mail.alternatives[0].content)

        assert EVIL not in message, mail.subject
        assert links
        assert all(link.startswith(ORIGIN) for link in links), links


def test_no_mail_holds_more_than_it_needs(every_mail):
    for mail in every_mail:
        content = mail.body + mail.alternatives[0].content

        for word in (PASSWORD, SIGN_UP["password1"], SIGN_UP["name"], "Patient", "127.0.0.1"):
            assert word not in content, mail.subject


def test_every_mail_is_in_the_clinics_name(every_mail):
    for mail in every_mail:
        assert mail.message()["From"].endswith("<clinic@localhost>")
        assert "Clínica Ñandú & Co" in mail.body
        assert "+34 910 00 00 01" in mail.body


def test_page_of_a_mail_says_what_its_text_says(every_mail):
    for mail in every_mail:
        [page] = mail.alternatives
        shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content))

        assert page.mimetype == "text/html"
        assert "Clínica Ñandú &amp; Co" in page.content
        for line in mail.body.replace("\n-- \n", "\n").splitlines():
            words = line.strip().removesuffix(":").replace("&", "&amp;")
            assert words.replace("'", "&#x27;") in shown, mail.subject
