"""What the trail shows of people who were erased (A19)."""

import pytest

from portal.accounts.services import linking
from portal.audit.queries.erased import masked
from portal.audit.services import audit
from portal.models import AuditEvent, Patient
from tests.erasure.conftest import due, run
from tests.factories import AdminFactory, PatientFactory

pytestmark = pytest.mark.django_db
CSV = "/manage/audit/export/"


def page_of(client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_A19_before_it_is_shown(full, as_admin):
    change = AuditEvent.objects.filter(verb="update", patient_id=full.pk).get()

    assert "shy" in page_of(as_admin, f"/manage/audit/{change.pk}/")


def test_A19_an_event_about_them_hides_the_values(erased, as_admin):
    change = AuditEvent.objects.filter(verb="update", patient_id=erased.pk).get()

    page = page_of(as_admin, f"/manage/audit/{change.pk}/")

    assert "shy" not in page
    assert "The rest is hidden." in page
    assert change.row_hash.hex() in page


def test_A19_an_event_by_them_hides_who_and_where(erased, as_admin):
    own = AuditEvent.objects.filter(actor_id=erased.user_id).first()
    assert own.actor_name == "Canary Núñez"

    page = page_of(as_admin, f"/manage/audit/{own.pk}/")

    assert "Canary" not in page
    assert "Erased" in page


def test_A19_the_list_and_the_file_hide_them(erased, as_admin):
    query = f"?patient={erased.pk}&first=2020-01-01"
    answer = as_admin.post(f"{CSV}{query}")

    assert "canary" not in page_of(as_admin, f"/manage/audit/{query}").lower()
    text = b"".join(answer.streaming_content).decode().lower()
    assert "ask_erasure" in text
    assert "canary" not in text
    assert "letter" not in text


def test_A19_others_are_not_hidden(erased):
    other, admin = PatientFactory(name="Somebody"), AdminFactory(name="The admin")
    event = audit.record("update", other, by=admin, patient=other, before={"name": "X"})

    [shown] = masked([event])

    assert (shown.actor_name, shown.changes) == ("The admin", {"before": {"name": "X"}})


def test_A19_staff_who_acted_keep_their_name(erased):
    change = AuditEvent.objects.filter(verb="update", patient_id=erased.pk)

    [shown] = masked(change)

    assert shown.actor_name == change.get().actor_name != "Erased"


def test_A19_a_chart_that_had_joined_theirs_is_hidden_too(patient):
    admin = AdminFactory()
    audit.record("update", patient, by=admin, patient=patient, before={"address": "Secret Road"})
    own, chart = patient.pk, PatientFactory(user=None)
    user = patient.user
    linking.link(chart, email=user.email, by=admin)
    assert not Patient.objects.filter(pk=own).exists()
    due(Patient.objects.get(user=user))
    run()

    [shown] = masked(AuditEvent.objects.filter(patient_id=own, verb="update"))

    assert "Secret Road" not in str(shown.changes)


def test_A19_it_costs_the_same_for_any_number(full, django_assert_num_queries):
    due(full)
    run()
    events = list(AuditEvent.objects.all())
    assert len(events) > 3

    with django_assert_num_queries(2):
        masked(events)
