"""/profile/data/ (A13)."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from portal.errors import Forbidden
from portal.models import AuditEvent, Notification, OwnDataExport
from portal.own_data.queries import everything
from portal.own_data.services import preparing
from portal.web.background import POLLING_ELEMENTS
from portal.worker.periodic import JOBS
from tests.factories import PASSWORD, PatientFactory, own_data_of
from tests.plugins.people import signed_in
from tests.setups.own_data_tasks import work

URL = "/profile/data/"


def text_of(client) -> str:
    return client.get(URL).content.decode()


def ask(client):
    seen = OwnDataExport.objects.filter(user=client.user).values_list("run", flat=True).first()
    return client.post(URL, {"seen": seen or ""})


def test_A13_from_the_button_to_both_files(confirmed, full):
    assert "Prepare my data" in text_of(confirmed)
    assert ask(confirmed).url == URL
    assert "is being prepared" in text_of(confirmed)

    assert work() == 1

    assert "(Madrid time)" in text_of(confirmed)
    assert "Download as PDF" in text_of(confirmed)
    export = OwnDataExport.objects.get()
    answer = confirmed.post(f"{URL}{export.pk}/json/")
    assert json.loads(answer.content)["chart"]["name"] == "José Núñez"
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"].startswith('attachment; filename="my-data-')
    assert answer["Cache-Control"] == "no-store, private"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert confirmed.post(f"{URL}{export.pk}/pdf/").content.startswith(b"%PDF")
    verbs = AuditEvent.objects.filter(object_type="owndataexport", patient_id=full.pk)
    assert list(verbs.order_by("pk").values_list("verb", flat=True)) == [
        "prepare_own_data",
        "own_data_ready",
        "download_own_data",
        "download_own_data",
    ]


def test_A13_the_password_is_asked_for_again(as_patient):
    asked = as_patient.post(URL, {"seen": ""})

    assert asked.url.startswith("/accounts/reauthenticate/")
    assert OwnDataExport.objects.count() == 0

    as_patient.post(asked.url, {"password": PASSWORD, "next": URL})
    assert OwnDataExport.objects.get().user == as_patient.user


def test_A13_twice_clicked_makes_one(confirmed):
    confirmed.post(URL, {"seen": ""})
    confirmed.post(URL, {"seen": ""})
    assert work() == 1

    confirmed.post(URL, {"seen": ""})  # from the page as it was before

    assert work() == 0
    assert OwnDataExport.objects.get().is_ready


def test_A13_a_ready_one_can_be_prepared_again(confirmed):
    ask(confirmed)
    work()
    first = OwnDataExport.objects.get()

    ask(confirmed)

    assert confirmed.post(f"{URL}{first.pk}/json/").status_code == 404
    assert work() == 1
    assert OwnDataExport.objects.get().run != first.run


def test_A13_its_owner_is_told_without_any_content(confirmed, full):
    ask(confirmed)
    work()

    mail = Notification.objects.get(event="own_data_ready", channel="email")
    assert Notification.objects.filter(event="own_data_ready").count() == 2
    assert set(mail.facts) == {"until", "zone", "for"}
    assert mail.user == full.user


@pytest.mark.parametrize("form", ["json", "pdf"])
def test_A13_nobody_else_gets_it(as_patient, as_doctor, as_assistant, as_admin, form):
    url = f"{URL}{own_data_of(PatientFactory().user).pk}/{form}/"

    for client in (as_patient, as_doctor, as_assistant, as_admin):
        assert client.post(url).status_code == 404


def test_A13_a_link_downloads_nothing(as_patient):
    assert as_patient.get(f"{URL}{own_data_of(as_patient.user).pk}/pdf/").status_code == 405


def test_A13_the_page_is_for_patients(as_doctor, as_assistant, as_admin):
    for client in (as_doctor, as_assistant, as_admin):
        assert client.get(URL).status_code == 403
        assert URL not in client.get("/profile/").content.decode()
        with pytest.raises(Forbidden):
            preparing.prepare(by=client.user)


def test_A13_the_profile_leads_there(as_patient):
    assert URL in as_patient.get("/profile/").content.decode()


def test_A13_after_a_day_it_is_gone(as_patient):
    export = own_data_of(as_patient.user)
    OwnDataExport.objects.update(ready_until=timezone.now() - timedelta(seconds=1))

    assert as_patient.post(f"{URL}{export.pk}/json/").status_code == 404
    assert "has expired" in text_of(as_patient)
    JOBS["forget_own_data"].run(by=None)

    export.refresh_from_db()
    assert (export.state, bytes(export.as_json), bytes(export.as_pdf)) == ("expired", b"", b"")
    assert "has expired" in text_of(as_patient)


def test_A13_the_job_leaves_what_is_still_good(as_patient):
    own_data_of(as_patient.user)

    JOBS["forget_own_data"].run(by=None)

    assert OwnDataExport.objects.get().is_ready


def test_A13_what_fails_says_so_and_can_be_tried_again(confirmed, monkeypatch):
    ask(confirmed)
    monkeypatch.setattr(everything, "SECTIONS", (None,))
    with pytest.raises(AttributeError):
        work()
    monkeypatch.undo()

    assert "has failed" in text_of(confirmed)
    ask(confirmed)
    assert work() == 1
    assert OwnDataExport.objects.get().is_ready


def test_A13_what_is_too_large_is_not_kept(confirmed, monkeypatch):
    monkeypatch.setattr(preparing, "MOST_BYTES", 100)
    ask(confirmed)

    work()

    assert OwnDataExport.objects.get().has_failed


def test_A13_what_no_worker_is_at_is_given_up(confirmed):
    ask(confirmed)
    OwnDataExport.objects.update(asked_at=timezone.now() - timedelta(hours=2))

    JOBS["forget_own_data"].run(by=None)

    assert "has failed" in text_of(confirmed)


def test_A13_a_task_that_comes_late_changes_nothing(confirmed):
    ask(confirmed)
    OwnDataExport.objects.update(state="failed")

    work()

    assert OwnDataExport.objects.get().state == "failed"
    assert not Notification.objects.filter(event="own_data_ready").exists()


def test_A13_the_part_of_the_page_is_the_page_s(confirmed):
    ask(confirmed)

    part = confirmed.get(URL, headers={"HX-Request": "true"}).content.decode()

    assert part.strip().startswith('<div id="own-data-status"')
    assert "<html" not in part
    assert 'hx-trigger="every 2s, click"' in part
    assert f'href="{URL}"' in part
    assert 'id="own-data-refresh"' in part
    assert "own-data-refresh" in POLLING_ELEMENTS  # it does not keep the session alive


def test_A13_the_page_reads_no_file(confirmed, django_assert_max_num_queries):
    ask(confirmed)
    work()

    with django_assert_max_num_queries(12) as asked:
        confirmed.get(URL)

    assert not any("as_json" in one["sql"] for one in asked.captured_queries)


def test_A13_other_peoples_copy_does_not_show(as_patient):
    own_data_of(signed_in(PatientFactory().user).user)

    assert "Prepare my data" in text_of(as_patient)
