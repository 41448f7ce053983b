"""A parent enters a child who is not a patient yet."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from portal.accounts.services import linking
from portal.clock.today import today_of_clinic
from portal.enums import ProxyState, Scope
from portal.errors import Forbidden, LimitReached, PortalError
from portal.household.services import access, children
from portal.models import AuditEvent, Notification, Patient, ProxyAccess, may_act_for
from portal.people.queries.merge_values import fingerprint
from portal.people.services import patient_merges
from tests.factories import AdminFactory, DoctorFactory, PatientFactory

pytestmark = pytest.mark.django_db
BORN = date(2019, 6, 1)


@pytest.fixture
def parent():
    return PatientFactory(name="Ann Lund").user


def add(parent, name="Tim Lund", born=BORN, **values) -> ProxyAccess:
    return children.add(name=name, born=born, by=parent, **values)


def merged(kept, gone) -> None:
    patient_merges.merge(
        kept, gone, choices={}, seen=fingerprint(kept, gone), reason="one child", by=AdminFactory()
    )


def test_A14_a_child_is_entered_and_looked_after_in_everything(parent):
    made = add(parent, gender="male")

    assert (made.state, made.scopes, made.is_checked) == (ProxyState.OPEN, list(Scope), False)
    assert (made.patient.name, made.patient.gender, made.patient.user) == ("Tim Lund", "male", None)
    assert may_act_for(parent, made.patient)
    verbs = AuditEvent.objects.filter(patient_id=made.patient.pk).values_list("verb", "actor_id")
    assert set(verbs) == {("create", parent.pk), ("open_access", parent.pk)}
    told = Notification.objects.filter(event="access_opened")
    assert {one.user for one in told} == {parent}


def test_A14_nothing_of_an_existing_chart_comes_along(parent):
    known = PatientFactory(user=None, name="Tim Lund", date_of_birth=BORN)

    made = add(parent)

    assert made.patient != known
    assert not may_act_for(parent, known)


def test_A14_the_same_child_is_not_entered_twice(parent):
    add(parent)

    with pytest.raises(PortalError) as twice:
        add(parent, name="tim  LUND")

    assert twice.value.field == "name"
    assert add(parent, name="Eva Lund").patient.name == "Eva Lund"


def test_A14_a_form_that_is_sent_twice_enters_one_child(parent):
    token = uuid4()

    assert add(parent, form_token=token) == add(parent, form_token=token)
    assert Patient.objects.filter(name="Tim Lund").count() == 1


def test_A14_only_children_and_nobody_of_tomorrow(parent):
    today = today_of_clinic()
    adult = today.replace(year=today.year - 18, day=1)
    refused = []
    for born in (adult, today + timedelta(days=1)):
        with pytest.raises(PortalError) as error:
            add(parent, born=born)
        refused.append(error.value.field)

    assert refused == ["born", "born"]
    assert not ProxyAccess.objects.exists()


def test_A14_only_patients_enter_children():
    with pytest.raises(Forbidden):
        add(DoctorFactory().user)


def test_A14_a_few_children_a_day(parent):
    for number in range(children.CHILDREN.most):
        add(parent, name=f"Child {'abcdefgh'[number]}")

    with pytest.raises(LimitReached):
        add(parent, name="One more")

    with time_machine.travel(timezone.now() + timedelta(days=1, hours=1), tick=False):
        assert add(parent, name="One more")


@pytest.mark.parametrize("stays", ["known", "entered"])
def test_A14_a_merge_does_not_open_a_known_chart_to_who_has_entered_another(parent, stays):
    known = PatientFactory(user=None, name="Tim Lund", date_of_birth=BORN)
    made = add(parent)
    pair = (known, made.patient) if stays == "known" else (made.patient, known)

    merged(*pair)

    made.refresh_from_db()
    assert (made.state, made.patient) == (ProxyState.PAUSED, pair[0])
    assert not may_act_for(parent, pair[0])
    access.change(made, scopes=[Scope.APPOINTMENTS], by=AdminFactory())
    assert may_act_for(parent, pair[0])


def test_A14_what_the_desk_has_checked_stays_open_in_a_merge(parent):
    made = add(parent)
    access.change(made, scopes=list(Scope), by=AdminFactory())

    merged(made.patient, PatientFactory(user=None))

    assert may_act_for(parent, made.patient)


def test_A14_an_account_that_joins_the_chart_is_not_open_to_who_has_entered_it(parent):
    made, other = add(parent), PatientFactory().user

    linking.link(made.patient, email=other.email, by=AdminFactory())

    made.refresh_from_db()
    assert made.state == ProxyState.PAUSED
