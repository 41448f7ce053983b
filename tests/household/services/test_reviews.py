"""Access to a child's chart is agreed to anew as the child grows up."""

from datetime import date, timedelta

import pytest
import time_machine

from portal.enums import ProxyState, Scope
from portal.errors import Forbidden
from portal.household.services import access as services
from portal.household.services import reviews
from portal.models import ClinicSettings, Notification, may_act_for
from tests.factories import AssistantFactory, PatientFactory, ProxyAccessFactory

pytestmark = pytest.mark.django_db
BORN = date(2015, 6, 1)


@pytest.fixture
def access():
    child = PatientFactory(name="Tim Lund", date_of_birth=BORN)
    return ProxyAccessFactory(patient=child, reviewed_age=10)


def on(day: date):
    return time_machine.travel(f"{day.isoformat()}T10:00:00Z", tick=False)


def run(day: date) -> int:
    with on(day):
        return reviews.run(by=None)


def test_A14_a_review_is_asked_for_on_the_birthday_and_not_before(access):
    assert run(date(2026, 5, 31)) == 0
    assert run(date(2026, 6, 1)) == 1
    assert run(date(2026, 6, 2)) == 0

    access.refresh_from_db()
    assert access.review_by == date(2026, 7, 1)
    assert may_act_for(access.user, access.patient)
    told = Notification.objects.filter(event="access_review")
    assert {one.user for one in told} == {access.user, access.patient.user}
    assert told[0].facts["age"] == 11


def test_A14_without_an_answer_it_pauses_and_the_patient_opens_it_again(access):
    run(date(2026, 6, 1))
    assert run(date(2026, 7, 1)) == 0
    assert run(date(2026, 7, 2)) == 1

    access.refresh_from_db()
    assert access.state == ProxyState.PAUSED
    assert not may_act_for(access.user, access.patient)
    assert Notification.objects.filter(event="access_paused", user=access.user).exists()

    with on(date(2026, 7, 3)):
        services.change(access, scopes=[Scope.APPOINTMENTS], by=access.patient.user)
    access.refresh_from_db()
    assert (access.state, access.review_by, access.reviewed_age) == (ProxyState.OPEN, None, 11)
    assert run(date(2026, 7, 4)) == 0
    assert run(date(2031, 6, 1)) == 1  # sixteen


def test_A14_the_user_cannot_answer_for_the_child(access):
    run(date(2026, 6, 1))

    with on(date(2026, 6, 2)), pytest.raises(Forbidden):
        services.change(access, scopes=[Scope.APPOINTMENTS], by=access.user)


def test_A14_the_desk_answers(access):
    run(date(2026, 6, 1))

    with on(date(2026, 6, 2)):
        services.change(access, scopes=[Scope.APPOINTMENTS], by=AssistantFactory().user)
    run(date(2026, 8, 1))

    assert may_act_for(access.user, access.patient)


def test_A14_a_grown_up_is_never_reviewed():
    ProxyAccessFactory(patient=PatientFactory(date_of_birth=date(1950, 1, 1)), reviewed_age=76)

    assert run(date(2026, 6, 1)) == 0


def test_A14_an_age_that_becomes_known_counts_from_then(access):
    access.reviewed_age = None
    access.save()

    assert run(date(2026, 6, 2)) == 1
    access.refresh_from_db()
    assert (access.reviewed_age, access.review_by) == (11, None)


def test_A14_the_ages_and_days_are_settings(access):
    ClinicSettings.objects.update_or_create(
        pk=1, defaults={"review_first_age": 12, "review_days": 5, "review_last_age": 0}
    )

    assert run(date(2026, 6, 1)) == 0
    assert run(date(2027, 6, 1)) == 1
    access.refresh_from_db()
    assert access.review_by == date(2027, 6, 6)
    assert run(date(2027, 6, 6) + timedelta(days=1)) == 1


def test_A14_a_child_of_29_february_is_older_on_the_first_of_march():
    child = PatientFactory(date_of_birth=date(2016, 2, 29))
    ProxyAccessFactory(patient=child, reviewed_age=10)

    assert run(date(2027, 2, 28)) == 0
    assert run(date(2027, 3, 1)) == 1
