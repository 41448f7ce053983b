"""An admin with files of other systems."""

import pytest

from portal.imports.services import uploads
from portal.models import PatientImport
from tests.factories import AdminFactory, OfficeFactory
from tests.setups.import_tasks import work

GERMAN = (
    "Patienten-Nr;Nachname;Vorname;Geburtsdatum;Geschlecht;Telefon;Straße;Ort\r\n"
    "101;Müller;Jörg;25.03.1961;männlich;0151 23456789;Hauptstraße 1;Köln\r\n"
    "102;Groß;Anna;07.11.1985;w;+34 600 111 222;;\r\n"
    "103;Schmidt;;31.02.1990;w;12;;\r\n"
).encode("latin-1")


@pytest.fixture
def admin(db):
    OfficeFactory(country="DE")
    return AdminFactory()


@pytest.fixture
def uploaded(admin):
    """`uploaded(content)`: an upload whose columns are guessed."""

    def upload(
        content: bytes | str = GERMAN, *, name="patients.csv", source="Old"
    ) -> PatientImport:
        content = content.encode() if isinstance(content, str) else content
        return uploads.upload(content, file_name=name, source=source, by=admin)

    return upload


@pytest.fixture
def checked(uploaded, admin):
    """The same, checked by the worker."""

    def check(*args, **kwargs) -> PatientImport:
        upload = uploaded(*args, **kwargs)
        uploads.check(upload, mapping=upload.mapping, by=admin)
        work()
        upload.refresh_from_db()
        return upload

    return check


@pytest.fixture
def imported(checked, admin):
    """The same, imported by the worker."""

    def run(*args, **kwargs) -> PatientImport:
        upload = checked(*args, **kwargs)
        uploads.start(upload, by=admin)
        work()
        upload.refresh_from_db()
        return upload

    return run
