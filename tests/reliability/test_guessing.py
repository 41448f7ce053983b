"""Many wrong passwords and codes at the same moment, on two processes (A04, A09, A12).

Each guesser says that it comes from an address of its own, which is worth nothing. How many were
checked is read from the answers: only a check finds out that something is wrong.
"""

from collections import Counter
from datetime import date

from portal.accounts.services import linking
from portal.models import Notification
from tests.accounts.factors import code, give_app, give_password, wrong_code
from tests.factories import PASSWORD, PatientFactory
from tests.servers.client import Client, race, signed_in_cookies

CLIENTS = 100
CHECKED = 5  # of a password by account and address, of a code by account, of a link code
EXACT = {"wrong": CHECKED, "later": CLIENTS - CHECKED}
SAID = {
    "Too many attempts": "later",
    "no longer valid": "later",
    "do not match": "wrong",
    "That code is wrong": "wrong",
    "is not right": "wrong",
}


def claimed(number: int, *proxies: str) -> dict[str, str]:
    """The header with which a client claims an address; proxies add what they have seen."""
    hops = ", ".join([f"198.51.100.{number}", *proxies])
    return {"X-Forwarded-For": hops}


def guess(portal, login: str, typed: str = "wrong-password", **headers: str):
    client = Client(portal.url)
    form = {"login": login, "password": typed}
    return lambda: client.post("/accounts/login/", form, **headers)


def guesses(portal, login: str, *proxies: str) -> list:
    return [guess(portal, login, **claimed(number, *proxies)) for number in range(CLIENTS)]


def read(answers) -> Counter:
    return Counter(
        next((what for words, what in SAID.items() if words in answer.text), answer.status)
        for answer in answers
    )


def test_A04_of_100_wrong_passwords_at_once_five_are_checked(start_portal, django_db_blocker):
    portal = start_portal(workers=2)
    with portal.orm(django_db_blocker):
        user = PatientFactory().user
        give_password(user)
        answers = race(guesses(portal, user.email))
        right = guess(portal, user.email, PASSWORD)()

    assert read(answers) == EXACT, portal.log
    assert "Too many attempts" in right.text


def test_A04_unknown_accounts_are_counted_as_exactly(start_portal):
    portal = start_portal(workers=2)

    answers = race(guesses(portal, "nobody@example.org"))

    assert read(answers) == EXACT, portal.log


def test_A04_behind_a_proxy_what_it_has_seen_is_counted(start_portal):
    portal = start_portal(workers=2, TRUSTED_PROXIES="1")

    answers = race(guesses(portal, "nobody@example.org", "203.0.113.7"))
    elsewhere = guess(portal, "nobody@example.org", **claimed(1, "203.0.113.8"))()

    assert read(answers) == EXACT, portal.log
    assert read([elsewhere]) == {"wrong": 1}


def test_proof_that_the_race_notices_passwords_that_are_not_counted_first(start_unprotected):
    portal = start_unprotected("password count", constraints=True)

    answers = race(guesses(portal, "nobody@example.org"))

    assert read(answers)["wrong"] > CHECKED, portal.log


def test_proof_that_the_race_notices_addresses_that_are_believed(start_unprotected):
    portal = start_unprotected("address", constraints=True)

    answers = race(guesses(portal, "nobody@example.org"))

    assert read(answers)["wrong"] > CHECKED, portal.log


def wrong_codes(portal) -> tuple[list, Client]:
    """Wrong codes of a person whose password is known, in one session and address or several."""
    user = PatientFactory().user
    give_password(user)
    give_app(user)
    half_way = Client(portal.url)
    asked = half_way.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert asked.location == "/accounts/2fa/authenticate/", asked.text
    wrong, path = {"code": wrong_code()}, asked.location
    return [
        lambda number=number: half_way.post(path, wrong, **claimed(number))
        for number in range(CLIENTS)
    ], half_way


def test_A12_of_100_wrong_codes_at_once_five_are_checked(start_portal, django_db_blocker):
    portal = start_portal(workers=2)
    with portal.orm(django_db_blocker):
        actions, half_way = wrong_codes(portal)

    answers = race(actions)
    right = half_way.post("/accounts/2fa/authenticate/", {"code": code()})

    assert read(answers) == EXACT, portal.log
    assert "Too many attempts" in right.text


def test_proof_that_the_race_notices_codes_that_are_not_counted_first(start_unprotected):
    portal = start_unprotected("code count", constraints=True)
    actions, _half_way = wrong_codes(portal)

    answers = race(actions)

    assert read(answers)["wrong"] > CHECKED, portal.log


def wrong_link_codes(portal) -> tuple[list, Client, str]:
    """Of a patient who has asked for the chart of an address; with the code that is right."""
    born = date(1961, 3, 4)
    PatientFactory(user=None, email="ana@example.org", date_of_birth=born)
    user = PatientFactory().user
    linking.send_code("ana@example.org", by=user)
    right = Notification.objects.get(event="link_code").facts["code"]
    client = Client(portal.url, signed_in_cookies(user))
    wrong = "000000" if right != "000000" else "000001"
    return (
        [
            lambda number=number: client.post(LINK, linked_by(wrong), **claimed(number))
            for number in range(CLIENTS)
        ],
        client,
        right,
    )


LINK = "/profile/link/code/"


def linked_by(typed: str) -> dict[str, str]:
    return {"code": typed, "date_of_birth": "4/3/1961"}


def test_A09_of_100_wrong_link_codes_at_once_five_are_checked(start_portal, django_db_blocker):
    portal = start_portal(workers=2)
    with portal.orm(django_db_blocker):
        actions, client, right = wrong_link_codes(portal)

    answers = race(actions)
    late = client.post(LINK, linked_by(right))

    assert read(answers) == EXACT, portal.log
    assert late.status == 422
    assert "no longer valid" in late.text


def test_proof_that_the_race_notices_link_codes_that_are_not_counted_first(start_unprotected):
    portal = start_unprotected("link code count", constraints=True)
    actions, _client, _right = wrong_link_codes(portal)

    answers = race(actions)

    assert read(answers)["wrong"] > CHECKED, portal.log
