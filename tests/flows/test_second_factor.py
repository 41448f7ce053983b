"""In a browser: an app with and without JavaScript, a passkey, sessions that end (A12)."""

import re
from datetime import timedelta
from importlib import import_module

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from playwright.sync_api import expect

from portal.accounts.sessions import USED_AT
from portal.models import User
from tests.accounts.factors import code, give_password
from tests.accounts.sessions import sessions_of
from tests.factories import PASSWORD, PatientFactory


@pytest.fixture
def person():
    user = PatientFactory().user
    give_password(user)
    return user


@pytest.fixture
def here(clinic):
    """Passkeys need a name, not an address; or https."""
    return clinic.url.replace("127.0.0.1", "localhost")


def enter_password(page, here, user):
    page.goto(f"{here}/accounts/login/")
    page.get_by_label("Email address or username").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()


def confirm_password(page):
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()


def sign_out(page, here):
    page.goto(f"{here}/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_A12_app_is_set_up_and_asked_for(page_of, look, here, person, javascript):
    page = page_of(javascript=javascript)
    enter_password(page, here, person)
    expect(page).to_have_url(re.compile("/dashboard/"))
    page.goto(f"{here}/accounts/2fa/")
    look(page)
    page.get_by_role("link", name="Set up an app").click()
    confirm_password(page)
    look(page)
    secret = page.locator(".secret-key").inner_text()
    page.get_by_label("Code that the app shows").fill(code(secret))
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    look(page)
    sign_out(page, here)

    enter_password(page, here, person)
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    look(page)
    page.get_by_label("Code").fill(code(secret, steps=1))
    page.get_by_role("button", name="Sign in", exact=True).click()

    expect(page).to_have_url(re.compile("/dashboard/"))


def add_passkey(page, here, user, look) -> None:
    """Signs in, and makes a passkey in this browser's own authenticator."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    options |= {"hasUserVerification": True, "isUserVerified": True}
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    enter_password(page, here, user)
    expect(page).to_have_url(re.compile("/dashboard/"))
    page.goto(f"{here}/accounts/2fa/")
    page.get_by_role("link", name="Add a passkey").click()
    confirm_password(page)
    look(page)
    page.get_by_label("Name").fill("Blue key")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")


def test_A12_passkey_signs_in_without_the_password(page_of, look, here, person):
    page = page_of()
    add_passkey(page, here, person, look)
    page.goto(f"{here}/accounts/2fa/webauthn/")
    expect(page.get_by_text("Blue key")).to_be_visible()
    look(page)
    sign_out(page, here)

    page.goto(f"{here}/accounts/login/?next=/profile/")
    page.get_by_role("button", name="Use a passkey").click()

    expect(page).to_have_url(f"{here}/profile/")


@pytest.mark.parametrize("state", ["blocked", "closed"])
def test_A10_passkey_of_a_barred_person_signs_nobody_in(page_of, look, here, person, state):
    page = page_of()
    add_passkey(page, here, person, look)
    sign_out(page, here)

    page.goto(f"{here}/accounts/login/")
    bar(person, state)
    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(f"Your account is {state}")
    assert_signed_out(page, here, person)

    bar(person, "active")
    enter_password(page, here, person)
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    bar(person, state)
    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(f"Your account is {state}")
    assert_signed_out(page, here, person)

    bar(person, "active")
    page.goto(f"{here}/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile("/dashboard/"))


def bar(user, state) -> None:
    User.objects.filter(pk=user.pk).update(state=state)


def assert_signed_out(page, here, user) -> None:
    assert sessions_of(user) == 0
    page.goto(f"{here}/profile/")
    expect(page).to_have_url(re.compile("/accounts/login/"))


def leave_unused(user, minutes):
    """As if the user had not used the portal for so long."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for row in UserSession.objects.filter(user=user):
        session = store(row.session_key)
        session[USED_AT] -= int(timedelta(minutes=minutes).total_seconds())
        session.save()


def test_A12_late_form_is_saved_after_signing_in_again_without_javascript(page_of, here, person):
    page = page_of(javascript=False)
    enter_password(page, here, person)
    page.goto(f"{here}/profile/")
    page.get_by_label("Full name").fill("Ana Late")
    leave_unused(person, 31)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("You were signed out because")).to_be_visible()
    page.get_by_label("Email address or username").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Not saved yet")

    page.get_by_role("button", name="Save it now").click()

    expect(page.get_by_text("Your profile is saved.")).to_be_visible()
    expect(page.get_by_label("Full name")).to_have_value("Ana Late")


def test_A12_page_warns_is_covered_and_comes_back(page_of, look, here, person):
    page = page_of()
    enter_password(page, here, person)
    page.clock.install()
    page.goto(f"{here}/profile/")
    warning = page.get_by_role("dialog")
    page.get_by_label("Full name").fill("Ana Typing")
    leave_unused(person, 29)
    page.clock.fast_forward(29 * 60 * 1000)
    expect(warning.get_by_text("Are you still there?")).to_be_visible()
    look(page)
    warning.get_by_role("button", name="Stay signed in").click()
    expect(warning).to_be_hidden()

    leave_unused(person, 31)
    page.clock.fast_forward(31 * 60 * 1000)
    expect(warning.get_by_text("You are signed out")).to_be_visible()
    other = page.context.new_page()
    enter_password(other, here, person)
    expect(other).to_have_url(re.compile("/dashboard/"))
    page.clock.run_for(3000)
    expect(warning).to_be_hidden()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your profile is saved.")).to_be_visible()
