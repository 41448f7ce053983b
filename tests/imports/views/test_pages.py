"""/manage/imports/ and /manage/export/ (A18)."""

import csv
import io
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.imports.queries.exported import exported, rows_of
from portal.models import AuditEvent, ImportRow, Patient, PatientImport
from tests.factories import PASSWORD, AppointmentFactory, PatientFactory, in_days
from tests.imports.conftest import GERMAN
from tests.setups.import_tasks import work


def send(client, content: bytes = GERMAN, name="alt.csv"):
    file = SimpleUploadedFile(name, content)
    return client.post("/manage/imports/new/", {"file": file, "source": "Old"})


def form_of(upload: PatientImport, **changed) -> dict:
    mapping = upload.mapping
    columns = {f"column-{n}": name for n, name in enumerate(mapping["columns"])}
    return columns | {"date_order": mapping["date_order"], "region": "DE"} | changed


def test_A18_from_the_upload_to_the_patients(as_admin):
    page = as_admin.get(send(as_admin).url)
    upload = PatientImport.objects.get()
    assert "25 March 1961" in page.content.decode()

    as_admin.post(f"/manage/imports/{upload.pk}/columns/", form_of(upload, step="check"))
    assert b"This has not begun yet." in as_admin.get(upload.get_absolute_url()).content
    work()
    page = as_admin.get(upload.get_absolute_url()).content.decode()
    assert "Import 2 patients" in page
    assert "no date in the chosen order" in page
    as_admin.post(f"/manage/imports/{upload.pk}/run/")
    work()

    assert "2 imported" in as_admin.get(upload.get_absolute_url()).content.decode()
    assert "2 imported" in as_admin.get("/manage/imports/").content.decode()
    assert Patient.objects.count() == 2
    file = as_admin.post(f"/manage/imports/{upload.pk}/refused/")
    assert b"103;Schmidt" in b"".join(file.streaming_content)
    assert AuditEvent.objects.filter(verb="download_refused").exists()


def test_A18_show_again_reads_with_the_other_order_and_writes_nothing(as_admin):
    send(as_admin)
    upload = PatientImport.objects.get()

    page = as_admin.post(
        f"/manage/imports/{upload.pk}/columns/", form_of(upload, date_order="mdy", step="show")
    )

    assert "no date in the chosen order: 25.03.1961" in page.content.decode()
    upload.refresh_from_db()
    assert (upload.mapping["date_order"], upload.state) == ("dmy", "uploaded")


def test_A18_a_bad_file_is_said_beside_the_field(as_admin):
    response = send(as_admin, b"")

    assert response.status_code == 422
    assert "This file is empty." in response.content.decode()
    assert as_admin.post("/manage/imports/new/").status_code == 422
    assert not PatientImport.objects.exists()


def test_A18_the_same_file_is_noticed(as_admin):
    send(as_admin)
    PatientImport.objects.update(state="done")

    page = as_admin.get(send(as_admin).url)

    assert "was imported before" in page.content.decode()


def test_A18_the_status_refreshes_itself(as_admin):
    send(as_admin)
    upload = PatientImport.objects.get()
    PatientImport.objects.update(state="checking", row_count=20, checked_rows=5)

    part = as_admin.get(upload.get_absolute_url(), HTTP_HX_REQUEST="true").content.decode()

    assert "5 of 20 rows" in part
    assert 'hx-trigger="every 1s, click"' in part
    assert "<html" not in part


def test_A18_duplicates_are_decided_on_a_page(as_admin):
    PatientFactory(name="Jörg Müller", date_of_birth=None)
    send(as_admin)
    upload = PatientImport.objects.get()
    as_admin.post(f"/manage/imports/{upload.pk}/columns/", form_of(upload, step="check"))
    work()
    row = ImportRow.objects.get(outcome="possible")
    url = f"/manage/imports/{upload.pk}/duplicates/"
    assert "Jörg Müller" in as_admin.get(url).content.decode()

    as_admin.post(url, {f"choice-{row.pk}": "fill"})
    as_admin.post(url, {f"choice-{row.pk}": "nonsense"})

    row.refresh_from_db()
    assert row.choice == "fill"
    assert "Import 2 patients" in as_admin.get(upload.get_absolute_url()).content.decode()


@pytest.fixture
def confirmed(as_admin):
    """The admin has just given the password."""
    as_admin.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return as_admin


def rows(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_A18_the_export_asks_for_the_password(as_admin):
    for method in (as_admin.get, as_admin.post):
        response = method("/manage/export/")
        assert (response.status_code, "reauthenticate" in response.url) == (302, True)


def test_A18_the_export_is_contact_data_without_formulas(confirmed):
    PatientFactory(name="=HYPERLINK(1)", phone="+34600111222", date_of_birth=date(1961, 3, 25))

    response = confirmed.post("/manage/export/", {"form": "csv-comma"})

    header, row = rows(response)
    assert header[1:5] == ["Full name", "Date of birth", "Gender", "Phone"]
    assert row[1:5] == ["'=HYPERLINK(1)", "1961-03-25", "", "'+34600111222"]
    assert AuditEvent.objects.get(verb="export_patients").changes["count"] == 1


def test_A18_the_export_is_filtered(confirmed):
    seen = AppointmentFactory(starts_at=in_days(-3), state="completed")
    AppointmentFactory(starts_at=in_days(-30), state="completed", doctor=seen.doctor)
    AppointmentFactory(starts_at=in_days(-2), state="cancelled", doctor=seen.doctor)
    form = {"form": "csv-comma", "doctor": seen.doctor_id, "office": seen.office_id}

    found = rows(confirmed.post("/manage/export/", form | {"since": in_days(-5).date()}))

    assert [row[0] for row in found[1:]] == [str(seen.patient_id)]


def test_A18_a_workbook_is_exported(confirmed):
    PatientFactory(name="@Ana")

    response = confirmed.post("/manage/export/", {"form": "xlsx"})

    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    assert [row[1] for row in sheet.iter_rows(values_only=True)] == ["Full name", "'@Ana"]


def test_A18_the_export_costs_as_many_queries_for_many(db, django_assert_num_queries):
    PatientFactory.create_batch(5)

    with django_assert_num_queries(1):
        found = list(rows_of(exported()))

    assert len(found) == 5


@pytest.mark.parametrize(
    "form",
    [{}, {"form": "pdf"}, {"form": "xlsx", "since": "0001-01-01"}, {"form": "xlsx", "office": "9"}],
)
def test_A18_a_wrong_choice_is_refused(confirmed, form):
    assert confirmed.post("/manage/export/", form).status_code == 422


def test_A18_an_exported_file_is_read_again(confirmed):
    PatientFactory(name="Ana Sol")
    content = b"".join(confirmed.post("/manage/export/", {"form": "csv-comma"}).streaming_content)

    send(confirmed, content)

    assert PatientImport.objects.get().mapping["columns"] == [
        *("number", "name", "date_of_birth", "gender", "phone", "address"),
        *("emergency_contact", "emergency_phone"),
    ]


def test_A18_other_roles_are_refused(as_assistant, as_doctor, as_patient):
    for client in (as_assistant, as_doctor, as_patient):
        assert client.get("/manage/imports/").status_code == 403
        assert client.get("/manage/export/").status_code == 403
