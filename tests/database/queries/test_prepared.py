"""On PostgreSQL what is asked often is prepared, but not what needs another plan for other values.

SQLite prepares nothing that lasts; there the same calls show only that they work.
"""

from datetime import UTC

import pytest
from django.db import connection

from portal.database.written import planned_anew
from portal.desk.queries import search
from portal.models import Patient
from portal.notifications.queries import ledger, recipients
from portal.people.queries import patients
from tests.factories import AdminFactory, PatientFactory

pytestmark = pytest.mark.django_db

OFTEN = 8  # times; the fifth is prepared


def prepared(part: str) -> int:
    """How many statements with this text the connection has prepared."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE position(%s in statement) > 0",
            [part],
        )
        return cursor.fetchone()[0]


def test_what_is_asked_often_is_prepared():
    patient = PatientFactory()

    for _n in range(OFTEN):
        assert Patient.objects.get(phone=patient.phone) == patient

    if connection.vendor == "postgresql":
        assert prepared('"portal_patient"."phone" = ') == 1


@pytest.mark.parametrize(
    "ask",
    [
        lambda admin: patients.page_of_patients(admin, "ana").rows,
        lambda admin: patients.first_patients(admin, "ana").rows,
        lambda admin: search.search(admin, search.Terms(patient="ana")).patients,
        lambda admin: search.search(admin, search.Terms(text="ana")).patients,
        lambda admin: recipients.find_users("ana"),
    ],
    ids=["list", "choice", "search", "any", "recipients"],
)
def test_searches_by_name_are_planned_for_the_name(ask):
    admin = AdminFactory()
    PatientFactory(name="Ana Blanco")

    for _n in range(OFTEN):
        assert [one.name for one in ask(admin)] == ["Ana Blanco"]

    if connection.vendor == "postgresql":
        assert prepared('"portal_patient"."search_name"') == 0


def test_the_ledger_is_searched_by_name_with_a_plan_for_the_name():
    PatientFactory(name="Ana Blanco")

    for _n in range(OFTEN):
        assert ledger.page_of_messages(ledger.LedgerFilter(text="ana"), UTC).rows == []

    if connection.vendor == "postgresql":
        assert prepared('"portal_patient"."search_name"') == 0


def test_afterwards_statements_are_prepared_again():
    def ask():
        return Patient.objects.filter(name="Ana").exists()

    for _n in range(OFTEN):
        with planned_anew():
            ask()
    if connection.vendor == "postgresql":
        assert prepared('"name" = ') == 0
    for _n in range(OFTEN):
        ask()
    if connection.vendor == "postgresql":
        assert prepared('"name" = ') == 1
