"""What was altered behind the program's back is found, and the first of it named (F01)."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from portal.audit.queries import chain
from portal.audit.services import sealing
from portal.models import AuditEvent, AuditSeal
from portal.models.audit_hash import CONTENT, content_hash
from tests.audit.tampering import rows, sealed, tamper

pytestmark = pytest.mark.django_db


@pytest.fixture
def small_seals(monkeypatch):
    """Of 50 rows, so that 200 make a chain."""
    monkeypatch.setattr(sealing, "MOST_ROWS", 50)


def fault() -> str:
    return chain.verify().fault


def test_F01_what_the_program_wrote_is_as_it_was_written(small_seals):
    made = sealed(2000)
    rows(3)

    report = chain.verify()

    assert report.fault == ""
    assert (report.seals, report.rows, report.unsealed) == (40, 2000, 3)
    assert report.head == AuditSeal.objects.get(number=40).digest
    assert AuditSeal.objects.get(number=40).highest_id == made[-1].pk


@pytest.mark.parametrize("place", [0, 77, 199])
@pytest.mark.parametrize(
    "change",
    [
        "verb = 'read'",
        "actor_id = 8",
        "actor_name = ''",
        "patient_id = NULL",
        "at = '2026-01-01 00:00:00+00'",
        "changes = '{}'",
        "address = NULL",
    ],
)
def test_F01_an_altered_row_is_found(small_seals, place, change):
    pk = sealed(200)[place].pk

    tamper(f"UPDATE portal_auditevent SET {change} WHERE id = %s", pk)

    assert fault() == f"Row {pk} is not what its hash says: it was altered or inserted."


def test_F01_a_row_altered_with_its_hash_is_found(small_seals):
    row = sealed(200)[77]
    row.verb = "read"
    one = content_hash([getattr(row, name) for name in CONTENT])

    tamper("UPDATE portal_auditevent SET verb = 'read', row_hash = %s WHERE id = %s", one, row.pk)

    assert fault() == f"Row {row.pk} was altered, and its hash with it."


@pytest.mark.parametrize("place", [0, 77, 199])
def test_F01_a_removed_row_is_found(small_seals, place):
    pk = sealed(200)[place].pk

    tamper("DELETE FROM portal_auditevent WHERE id = %s", pk)

    assert fault() == f"Row {pk} was removed; seal {place // 50 + 1} contains it."


def test_F01_an_inserted_row_is_found_that_has_no_true_hash(small_seals):
    last = sealed(200)[-1]
    columns = ", ".join(CONTENT)

    tamper(
        f"INSERT INTO portal_auditevent (id, row_hash, {columns})"
        f" SELECT id + 1, %s, {columns} FROM portal_auditevent WHERE id = %s",
        b"x" * 32,
        last.pk,
    )

    assert f"Row {last.pk + 1} is not what its hash says" in fault()


def test_F01_a_row_inserted_into_a_gap_is_found_though_its_hash_is_true(small_seals, later):
    """The program's rows of that number were rolled back, hours ago."""
    gap = sealed(100)[-1].pk + 1
    forged = {"verb": "read", "object_type": "patient", "object_id": 1}
    for number in (1, 2, 3):
        AuditEvent.objects.create(pk=gap + number, **forged)
        sealing.seal(by=None)
        later(hours=7)

    AuditEvent.objects.create(pk=gap, **forged)

    assert fault() == f"Row {gap} was inserted later: no seal contains it."


@pytest.mark.parametrize("number", [0, -5])
def test_F01_a_row_inserted_before_the_first_is_found(small_seals, number):
    sealed(100)

    AuditEvent.objects.create(pk=number, verb="read", object_type="patient", object_id=1)

    assert fault() == f"Row {number} was inserted: the portal gives no such number."


@pytest.fixture
def later(monkeypatch):
    """Seals are made so much later."""
    now = [timezone.now()]
    monkeypatch.setattr(sealing.timezone, "now", lambda: now[0])

    def go(**time):
        now[0] += timedelta(**time)

    return go


def test_F01_a_removed_or_altered_seal_is_found(small_seals):
    sealed(200)

    tamper("DELETE FROM portal_auditseal WHERE number = 2")

    assert fault() == "Seal 2 was removed."


@pytest.mark.parametrize("change", ["digest = previous", "sealed_at = '2026-01-01 00:00:00+00'"])
def test_F01_an_altered_seal_is_found(small_seals, change):
    sealed(200)

    tamper(f"UPDATE portal_auditseal SET {change} WHERE number = 2")

    assert "Seal 2 was altered." in fault()


def test_F01_rows_that_were_committed_late_are_sealed_by_the_next_seal():
    """Their ids are below ids that are sealed already; on PostgreSQL that is how it goes."""
    first = sealed(10)[-1].pk
    AuditEvent.objects.create(pk=first + 5, verb="a", object_type="user", object_id=1)
    sealing.seal(by=None)
    AuditEvent.objects.create(pk=first + 3, verb="late", object_type="user", object_id=1)

    assert chain.verify().unsealed == 1
    assert sealing.seal(by=None) == 1

    report = chain.verify()
    assert (report.fault, report.rows, report.unsealed) == ("", 12, 0)
    assert AuditSeal.objects.first().spans == [[first + 3, first + 3]]
    tamper("DELETE FROM portal_auditevent WHERE id = %s", first + 3)
    assert f"Row {first + 3} was removed" in fault()


def test_F01_nothing_new_makes_no_seal():
    sealed(3)

    assert sealing.seal(by=None) == 0
    assert AuditSeal.objects.count() == 1


def test_F01_a_part_of_the_chain_is_checked_alone(small_seals, later):
    early = sealed(50)[3]
    later(days=2)
    late = sealed(50)[3]
    tamper("UPDATE portal_auditevent SET verb = 'x' WHERE id = %s", early.pk)

    since = timezone.now() - timedelta(days=1)
    assert chain.verify(since).fault == ""
    assert chain.verify(since).rows == 50
    tamper("UPDATE portal_auditevent SET verb = 'x' WHERE id = %s", late.pk)
    assert f"Row {late.pk} " in chain.verify(since).fault


def test_F01_verify_audit_says_how_it_stands(capsys):
    sealed(5)

    call_command("verify_audit")

    said = capsys.readouterr().out
    assert "5 rows in 1 seals, 0 not sealed yet" in said
    assert AuditSeal.objects.get().digest in said
    tamper("DELETE FROM portal_auditevent WHERE object_id = 2")
    with pytest.raises(CommandError, match="was removed"):
        call_command("verify_audit", "--from=2026-01-01")


@pytest.mark.only_on("postgresql")
def test_F01_a_row_of_a_month_without_a_partition_is_kept():
    """The worker was off for months: the default partition takes the rows."""
    far = timezone.now() + timedelta(days=400)

    event = AuditEvent.objects.create(at=far, verb="x", object_type="user", object_id=1)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tableoid::regclass::text FROM portal_auditevent WHERE id = %s", [event.pk]
        )
        assert cursor.fetchone() == ("portal_auditevent_default",)
    assert sealing.seal(by=None) == 1
    assert fault() == ""


@pytest.mark.only_on("postgresql")
def test_F01_the_worker_makes_the_months_to_come(monkeypatch):
    far = timezone.now() + timedelta(days=400)
    monkeypatch.setattr(sealing.timezone, "now", lambda: far)

    assert sealing.prepare_months(by=None) == 3
    assert sealing.prepare_months(by=None) == 3

    event = AuditEvent.objects.create(at=far, verb="x", object_type="user", object_id=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tableoid::regclass::text FROM portal_auditevent WHERE id = %s", [event.pk]
        )
        assert cursor.fetchone() == (f"portal_auditevent_{far:%Y_%m}",)
