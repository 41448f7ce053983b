"""Several accounts join one chart at the same moment (A09)."""

from contextlib import nullcontext
from datetime import date
from functools import partial
from types import SimpleNamespace
from unittest.mock import patch

import pytest

from portal.accounts.services import linking
from portal.errors import StaleState
from portal.models import AuditEvent, Notification, Patient
from tests.factories import PatientFactory
from tests.reliability.clinic import make_patients, once, statuses
from tests.reliability.unprotected import without
from tests.servers.client import Client, race, signed_in_cookies

BORN = "4/3/1961"


def make_chart() -> Patient:
    born = date(1961, 3, 4)
    return PatientFactory(user=None, name="Ana", email="ana@example.org", date_of_birth=born)


def code_for(user) -> str:
    linking.send_code("ana@example.org", by=user)
    return Notification.objects.filter(event="link_code").latest("pk").facts["code"]


def joining(portal, user):
    client = Client(portal.url, signed_in_cookies(user))
    form = {"code": code_for(user), "date_of_birth": BORN}
    return lambda: client.post("/profile/link/code/", form)


def test_A09_of_five_accounts_one_joins_the_chart(portal):
    chart = make_chart()
    users = [patient.user for patient in make_patients(5)]

    answers = race([joining(portal, user) for user in users])

    found = statuses(answers)
    assert found[302] == 1, portal.log
    assert set(found) <= {302, 409, 422}, portal.log
    assert AuditEvent.objects.filter(verb="link").count() == 1
    assert Patient.objects.filter(user__in=users).count() == len(users)
    chart.refresh_from_db()
    assert chart.user in users


def interleaved(portal):
    """Two joins, the second of which happens within the first, without locks."""
    make_chart()
    first, second = (patient.user for patient in make_patients(2))
    join = partial(linking.join_by_code, date_of_birth=date(1961, 3, 4))
    codes = {user: code_for(user) for user in (first, second)}
    other = once(lambda: join(codes[second], by=second))
    retire = linking._retire

    def retire_and_then(own, chart):
        retire(own, chart)
        other()

    autocommit = SimpleNamespace(atomic=nullcontext)
    with (
        without("locks", between=lambda: None),
        patch.object(linking, "transaction", autocommit),
        patch.object(linking, "_retire", retire_and_then),
    ):
        join(codes[first], by=first)


def test_the_conditional_update_alone_lets_one_join(portal):
    with pytest.raises(StaleState):
        interleaved(portal)

    assert AuditEvent.objects.filter(verb="link").count() == 1


def test_proof_that_the_race_notices_two_who_join(portal):
    def in_any_case(chart, user):
        Patient.objects.filter(pk=chart.pk).update(user=user)

    with patch.object(linking, "_claim", in_any_case):
        interleaved(portal)

    assert AuditEvent.objects.filter(verb="link").count() == 2
