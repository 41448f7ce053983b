"""Two who look like one person are marked as not the same, and the mark is taken back (A17)."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from portal.errors import Forbidden, MergedPatient, PortalError, StaleState
from portal.models import AuditEvent, DistinctPatients
from portal.people.queries.duplicate_pairs import page_of_pairs
from portal.people.services import distinct_patients
from tests.factories import (
    AdminFactory,
    AssistantFactory,
    DoctorFactory,
    PatientFactory,
    PatientMergeFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    return [PatientFactory(user=None, name=name) for name in ("Ana García", "Ana Garcia")]


@pytest.fixture
def admin():
    return AdminFactory()


@pytest.fixture
def desk(client):
    client.force_login(AssistantFactory(user__name="Bea Sol", all_offices=True).user)
    return client


def pairs() -> list[tuple]:
    return [(one.earlier, one.later) for one in page_of_pairs()]


def comparing(one, other) -> str:
    return f"{reverse('patient-merge', args=[one.pk])}?other={other.pk}"


def marking(one, other) -> str:
    return f"{reverse('patient-distinct', args=[one.pk])}?other={other.pk}"


def test_A17_a_marked_pair_is_not_offered_again(desk, two):
    assert pairs() == [tuple(two)]
    page = desk.get(comparing(*two)).content.decode()
    assert f'formaction="{marking(*two)}"' in page

    answer = desk.post(marking(*reversed(two)), {"do": "mark"}, follow=True)

    assert answer.redirect_chain == [(reverse("patient-duplicates"), 302)]
    assert "No likely duplicates" in answer.content.decode()
    assert pairs() == []


def test_A17_the_mark_is_shown_where_they_are_compared_and_taken_back_there(desk, two):
    desk.post(marking(*two), {"do": "mark"})

    page = desk.get(comparing(*two)).content.decode()
    assert "Bea Sol said on" in page
    assert "They are not the same" not in page
    answer = desk.post(marking(*two), {"do": "take-back"}, follow=True)

    assert answer.redirect_chain == [(comparing(*two), 302)]
    assert "said on" not in answer.content.decode()
    assert pairs() == [tuple(two)]
    assert DistinctPatients.objects.get().taken_back_by.name == "Bea Sol"


def test_A17_somebody_like_both_is_still_offered(two, admin):
    distinct_patients.mark(*two, by=admin)
    third = PatientFactory(user=None, name="Ana Garcia")

    assert pairs() == [(two[0], third)]
    distinct_patients.mark(third, two[0], by=admin)
    assert pairs() == [(two[1], third)]


def test_A17_the_marked_are_listed_apart_when_the_other_is_looked_for(desk, two, admin):
    url = reverse("patient-same", args=[two[0].pk])
    before = desk.get(url)
    distinct_patients.mark(*two, by=admin)

    after = desk.get(url)

    assert (before.context["likely"], before.context["marked"]) == ([two[1]], [])
    assert (after.context["likely"], after.context["marked"]) == ([], [two[1]])
    assert comparing(*two) in after.content.decode()


def test_A17_a_mark_is_made_once_and_recorded_with_both(two, admin):
    first = distinct_patients.mark(*two, by=admin)

    assert distinct_patients.mark(*reversed(two), by=admin) == first
    events = AuditEvent.objects.filter(verb="mark_distinct")
    assert {one.patient_id for one in events} == {one.pk for one in two}
    with pytest.raises(IntegrityError), transaction.atomic():
        DistinctPatients.objects.create(first=first.first, second=first.second, by=admin)


def test_A17_a_mark_that_is_gone_is_taken_back_once(two, admin, desk):
    with pytest.raises(StaleState):
        distinct_patients.take_back(*two, by=admin)
    answer = desk.post(marking(*two), {"do": "take-back"}, follow=True)
    assert "was taken back before" in answer.content.decode()
    distinct_patients.mark(*two, by=admin)
    distinct_patients.take_back(*two, by=admin)

    assert distinct_patients.mark(*two, by=admin).taken_back_at is None
    assert AuditEvent.objects.filter(verb="take_back_distinct").count() == 2


def test_A17_who_cannot_be_marked(two, admin):
    merge = PatientMergeFactory()

    with pytest.raises(PortalError):
        distinct_patients.mark(two[0], two[0], by=admin)
    with pytest.raises(MergedPatient):
        distinct_patients.mark(merge.kept, merge.gone, by=admin)
    with pytest.raises(Forbidden):
        distinct_patients.mark(*two, by=DoctorFactory().user)


def test_A17_marked_ones_can_still_be_merged(desk, two, admin):
    distinct_patients.mark(*two, by=admin)
    page = desk.get(comparing(*two))
    sent = {one.name: one.value() for one in page.context["form"]}

    check = desk.post(comparing(*two), sent | {"reason": "One after all"})
    sent = dict(check.context["form"].sent())
    desk.post(comparing(*two), sent | {"confirmed": "1"})

    two[1].refresh_from_db()
    two[0].refresh_from_db()
    assert two[0].merged_into_id or two[1].merged_into_id


def test_A17_marks_cost_the_list_no_query(desk, two, admin, django_assert_num_queries):
    url = reverse("patient-duplicates")
    PatientFactory(user=None, name="Ana Garcia")
    desk.get(url)
    with django_assert_num_queries(6):
        desk.get(url)

    distinct_patients.mark(*two, by=admin)

    with django_assert_num_queries(6):
        desk.get(url)
