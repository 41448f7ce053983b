"""Check, import, and again (A18)."""

from datetime import date

import pytest

from portal.audit.services import audit
from portal.enums import ImportState
from portal.errors import Forbidden, PortalError, StaleState
from portal.imports.services import importing, refused, uploads
from portal.models import AuditEvent, ImportRow, Patient, PatientOrigin
from tests.factories import AssistantFactory, PatientFactory
from tests.setups.import_tasks import work


def outcomes(upload) -> list[str]:
    return list(ImportRow.objects.filter(upload=upload).values_list("outcome", flat=True))


def test_A18_columns_and_dates_are_guessed(uploaded):
    mapping = uploaded().mapping

    assert mapping["columns"] == [
        *("number", "last_name", "first_name", "date_of_birth", "gender", "phone"),
        *("address", "address"),
    ]
    assert (mapping["date_order"], mapping["region"]) == ("dmy", "DE")


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("Name,Vorname", ["last_name", "first_name"]),
        ("Nombre,Apellidos", ["first_name", "last_name"]),
        ("Nombre,Teléfono móvil", ["name", "phone"]),
        ("Nom,Prénom,Date de naissance", ["last_name", "first_name", "date_of_birth"]),
        ("ФИО,Дата рождения,Пол", ["name", "date_of_birth", "gender"]),
        ("Nome completo,Data de nascimento", ["name", "date_of_birth"]),
        ("first_name,last_name,DOB", ["first_name", "last_name", "date_of_birth"]),
    ],
)
def test_A18_headers_of_many_languages_are_known(uploaded, header, columns):
    cells = ",".join("x" for _ in columns)

    assert uploaded(f"{header}\n{cells}\n").mapping["columns"] == columns


def test_A18_columns_are_known_by_their_content(uploaded):
    text = "Name,A,B\nAna,600 111 222,25/03/1961\nBo,600 111 223,26/04/1971\n"

    assert uploaded(text).mapping["columns"] == ["name", "phone", "date_of_birth"]


def test_A18_a_file_is_imported(imported):
    upload = imported()

    assert upload.state == ImportState.DONE
    assert upload.counts == {"imported": 2, "filled": 0, "left_out": 0, "refused": 1}
    assert bytes(upload.content) == b""
    first = Patient.objects.get(name="Jörg Müller")
    assert (first.date_of_birth, first.gender) == (date(1961, 3, 25), "male")
    assert first.phone.as_e164 == "+4915123456789"
    assert first.address == "Hauptstraße 1, Köln"
    assert first.search_name == "jorg muller"
    assert first.origins.get().number == "101"


def test_A18_the_import_and_each_patient_are_audited(imported, admin):
    upload = imported()

    event = AuditEvent.objects.get(verb="import", object_type="patientimport")
    assert event.actor_id == admin.pk
    assert event.changes["imported"] == 2
    patients = AuditEvent.objects.filter(verb="import", object_type="patient")
    assert set(patients.values_list("patient_id", flat=True)) == set(
        Patient.objects.values_list("pk", flat=True)
    )
    assert {one.changes["upload"] for one in patients} == {upload.pk}


def test_A18_refused_rows_come_back_with_the_reason(imported, admin):
    upload = imported()

    text = b"".join(refused.refused_lines(upload, by=admin)).decode("utf-8-sig")

    header, row = text.splitlines()
    assert header.startswith("Patienten-Nr;Nachname;")
    assert header.endswith(";Reason")
    assert row.startswith("103;Schmidt;;31.02.1990;w;12;;;")
    assert "no date in the chosen order" in row
    assert "no phone number" in row


def test_A18_the_same_file_twice_adds_nothing(imported):
    imported()
    before = Patient.objects.count()

    again = imported()

    assert Patient.objects.count() == before
    assert again.counts == {"imported": 0, "filled": 0, "left_out": 2, "refused": 1}


def test_A18_a_file_without_numbers_twice_adds_nothing(imported):
    text = "Name,Phone\nAna Sol,\nBo Sol,600 111 222\n"
    imported(text, source="")

    assert imported(text, source="").counts["imported"] == 0
    assert Patient.objects.count() == 2


def test_A18_a_row_that_stands_twice_in_the_file_is_imported_once(checked):
    text = (
        "Id,Name,Phone\n1,Ana,0151 23456789\n1,Ana,0151 23456789\n1,Somebody Else,0151 23456780\n"
    )

    assert outcomes(checked(text)) == ["new", "same", "refused"]


def test_A18_a_number_of_somebody_else_is_refused(imported, checked):
    imported("Id,Name,Born\n1,Ana Sol,25.03.1961\n")

    upload = checked("Id,Name,Born\n1,Kim Lee,26.04.1971\n")

    assert outcomes(upload) == ["refused"]
    assert "already another patient" in ImportRow.objects.get(upload=upload).reasons[0]


@pytest.mark.parametrize(
    ("choice", "imported", "filled"), [("skip", 0, 0), ("new", 1, 0), ("fill", 0, 1)]
)
def test_A18_possible_duplicates_are_decided(checked, admin, choice, imported, filled):
    here = PatientFactory(name="Sol, Ana", phone="+34600111222", date_of_birth=None)
    upload = checked("Name,Born,Phone\nAna Sol,25.03.1961,0151 23456789\n")
    row = ImportRow.objects.get(upload=upload)

    uploads.choose(upload, choices={row.pk: choice}, by=admin)
    uploads.start(upload, by=admin)
    work()

    assert (row.outcome, row.like_id) == ("possible", here.pk)
    upload.refresh_from_db()
    assert (upload.counts["imported"], upload.counts["filled"]) == (imported, filled)
    here.refresh_from_db()
    assert here.name == "Sol, Ana"
    assert here.phone.as_e164 == "+34600111222"
    assert here.date_of_birth == (date(1961, 3, 25) if filled else None)


def test_A18_exactly_the_same_patient_is_here_already(checked):
    PatientFactory(name="Ana Sol", phone="+4915123456789", date_of_birth=date(1961, 3, 25))

    assert outcomes(checked("Name,Born,Phone\nAna Sol,25.03.1961,0151 23456789\n")) == ["same"]


def test_A18_who_was_entered_after_the_check_is_not_doubled(checked, admin):
    upload = checked("Name,Born,Phone\nAna Sol,25.03.1961,0151 23456789\n")
    PatientFactory(name="Ana Sol", phone="+4915123456789", date_of_birth=date(1961, 3, 25))

    uploads.start(upload, by=admin)
    work()

    upload.refresh_from_db()
    assert upload.counts["imported"] == 0
    assert Patient.objects.count() == 1


def test_A18_two_clicks_import_once(checked, admin):
    upload = checked()
    uploads.start(upload, by=admin)

    with pytest.raises(StaleState):
        uploads.start(upload, by=admin)
    work()
    run = upload.run
    importing.run_all(upload.pk, run=str(run), by=None)

    assert Patient.objects.count() == 2


def test_A18_all_or_nothing(checked, admin, monkeypatch):
    upload = checked()
    uploads.start(upload, by=admin)
    monkeypatch.setattr(audit, "record_many", lambda *_args, **_values: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        work()

    upload.refresh_from_db()
    assert (Patient.objects.count(), PatientOrigin.objects.count()) == (0, 0)
    assert upload.state == ImportState.CHECKED
    assert "Nothing was imported" in upload.error


def test_A18_dismissing_stops_what_has_begun(checked, admin):
    upload = checked()
    uploads.start(upload, by=admin)
    uploads.dismiss(upload, by=admin)

    work()

    upload.refresh_from_db()
    assert upload.state == ImportState.DISMISSED
    assert not Patient.objects.exists()
    assert AuditEvent.objects.filter(verb="dismiss_import").exists()


def test_A18_a_file_that_breaks_further_down_says_so(uploaded, admin):
    upload = uploaded("Name\n" + "Ana\n" * 600 + "x" * 6000)
    uploads.check(upload, mapping=upload.mapping, by=admin)
    work()

    upload.refresh_from_db()
    assert upload.state == ImportState.UPLOADED
    assert "Row 602" in upload.error


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [(["phone", ""], "column of the name"), (["phone", "name", "phone"], "Two columns")],
)
def test_A18_columns_must_make_sense(uploaded, admin, columns, sentence):
    upload = uploaded(
        ",".join(f"C{n}" for n in range(len(columns))) + "\nx,y,z\n"[: 2 * len(columns)]
    )
    with pytest.raises(PortalError, match=sentence):
        uploads.check(upload, mapping=upload.mapping | {"columns": columns}, by=admin)


def test_A18_only_admins_import(uploaded):
    assistant = AssistantFactory(all_offices=True).user
    upload = uploaded()

    with pytest.raises(Forbidden):
        uploads.upload(b"Name\nAna\n", file_name="a.csv", source="", by=assistant)
    with pytest.raises(Forbidden):
        uploads.start(upload, by=assistant)
