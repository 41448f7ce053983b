"""A user asks to look after somebody, who agrees by the link in a mail."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.enums import ProxyState, Relation, Scope
from portal.errors import Forbidden, LimitReached, PortalError, StaleState
from portal.household.services import access as accesses
from portal.household.services import asking
from portal.models import Notification, ProxyAccess, may_act_for
from tests.factories import DoctorFactory, PatientFactory

pytestmark = pytest.mark.django_db
BORN = date(1941, 3, 4)
FILED = "eva@example.org"


@pytest.fixture
def user():
    return PatientFactory(name="Ann Lund").user


@pytest.fixture
def mother():
    return PatientFactory(user=None, name="Eva Lund", email=FILED, date_of_birth=BORN)


def asked_by(user, *, name="eva lund", born=BORN, email=FILED) -> ProxyAccess | None:
    """As the worker does it."""
    values = {"name": name, "born": born.isoformat(), "email": email, "by": None}
    scopes = [Scope.APPOINTMENTS.value]
    return asking.write_to_patient(user.pk, relation=Relation.PARENT, scopes=scopes, **values)


def ask(user, *, name="Eva Lund", email=FILED) -> None:
    values = {"name": name, "born": BORN, "email": email, "relation": Relation.PARENT}
    asking.ask(scopes=[Scope.APPOINTMENTS], by=user, **values)


def test_A14_who_reads_the_mail_on_file_agrees_once(user, mother):
    made = asked_by(user)
    sent = Notification.objects.get(event="access_asked")
    found = asking.of_token(asking.token(made), state=ProxyState.ASKED)

    assert (sent.address, sent.channel) == (FILED, "email")
    assert not may_act_for(user, mother)
    asking.answer(found, agrees=True, by=None)

    assert may_act_for(user, mother)
    assert asking.of_token(asking.token(made), state=ProxyState.ASKED) is None
    with pytest.raises(StaleState):
        asking.answer(found, agrees=True, by=None)


def test_A14_who_declines_gives_nothing(user, mother):
    made = asked_by(user)

    asking.answer(made, agrees=False, by=None)

    assert not may_act_for(user, mother)
    assert ProxyAccess.objects.get().state == ProxyState.ENDED


@pytest.mark.parametrize(
    "wrong", [{"name": "Eva Lind"}, {"born": date(1941, 3, 5)}, {"email": "other@example.org"}]
)
def test_A14_without_name_birth_and_address_nobody_is_asked(user, mother, wrong):
    assert asked_by(user, **wrong) is None

    assert not ProxyAccess.objects.exists()
    assert not Notification.objects.exists()


def test_A14_two_who_fit_or_a_dead_one_are_not_asked(user, mother):
    twin = PatientFactory(user=None, name="Eva Lund", email=FILED, date_of_birth=BORN)
    assert asked_by(user) is None

    twin.delete()
    mother.deceased_on = date(2026, 1, 1)
    mother.save()

    assert asked_by(user) is None


def test_A14_the_request_costs_the_same_for_known_and_unknown(
    user, mother, django_assert_num_queries
):
    ask(user, name="Nobody", email="first@example.org")
    with CaptureQueriesContext(connection) as unknown:
        ask(user, name="Nobody", email="nobody@example.org")
    with django_assert_num_queries(len(unknown)):
        ask(user)

    assert not ProxyAccess.objects.exists()  # the worker does it


def test_A14_a_user_asks_a_few_times_only(user):
    for number in range(asking.PER_USER.most):
        ask(user, email=f"one{number}@example.org")

    with pytest.raises(LimitReached):
        ask(user)


def test_A14_staff_ask_for_nothing_and_nobody_without_a_scope(user):
    with pytest.raises(Forbidden):
        ask(DoctorFactory().user)
    with pytest.raises(PortalError) as none:
        asking.ask(name="Eva", born=BORN, email=FILED, relation=Relation.PARENT, scopes=[], by=user)
    assert none.value.field == "scopes"


def test_A14_a_link_ends_after_seven_days_or_with_a_newer_request(user, mother):
    old = asked_by(user)
    new = asked_by(user)

    assert asking.of_token(asking.token(old), state=ProxyState.ASKED) is None
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        assert asking.of_token(asking.token(new), state=ProxyState.ASKED) is None


def test_A14_a_made_up_or_another_kinds_link_is_nothing(user, mother):
    made = asked_by(user)

    assert asking.of_token("abc.def", state=ProxyState.ASKED) is None
    assert asking.of_token(asking.token(made), state=ProxyState.OFFERED) is None


def test_A14_who_looks_after_them_already_is_not_asked_for(user, mother):
    asking.answer(asked_by(user), agrees=True, by=None)

    assert asked_by(user) is None
    accesses.end(ProxyAccess.objects.get(), by=user)
    assert asked_by(user) is not None
