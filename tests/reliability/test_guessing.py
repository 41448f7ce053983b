"""Many wrong passwords at the same moment, on several processes (requirement A04)."""

from collections import Counter

from tests.factories import PASSWORD, PatientFactory
from tests.servers.client import Client, race

CLIENTS = 100


def guess(portal, login: str, typed: str = "wrong-password"):
    client = Client(portal.url)
    form = {"login": login, "password": typed}
    return lambda: client.post("/accounts/login/", form)


def read(answers) -> Counter:
    return Counter(
        "later"
        if "Too many attempts" in answer.text
        else "wrong"
        if "do not match" in answer.text
        else answer.status
        for answer in answers
    )


def test_A04_of_100_wrong_passwords_at_once_five_are_checked(start_portal, django_db_blocker):
    portal = start_portal(workers=2)
    with portal.orm(django_db_blocker):
        user = PatientFactory().user
        answers = race([guess(portal, user.email) for _number in range(CLIENTS)])
        right = guess(portal, user.email, PASSWORD)()

    assert read(answers) == {"wrong": 5, "later": CLIENTS - 5}, portal.log
    assert "Too many attempts" in right.text


def test_A04_unknown_accounts_are_counted_as_exactly(start_portal):
    portal = start_portal(workers=2)

    answers = race([guess(portal, "nobody@example.org") for _number in range(CLIENTS)])

    assert read(answers) == {"wrong": 5, "later": CLIENTS - 5}, portal.log
