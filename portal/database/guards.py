"""Guards in the database: they refuse wrong data from whatever program.

- Two slots of one doctor, or two live appointments of one patient, that overlap in time.
- Slots and appointments longer than a day; so a query for overlaps needs to read only one day back.
- A change or deletion of an audit event.

Unique constraints in the models already forbid equal starts; these guards add overlaps that start
at different minutes. All statements are idempotent: they run after every `migrate`.
"""

from django.db import connections, transaction

# Exactly like the conditions of the models' indexes, or SQLite does not use these indexes.
LIVE_APPOINTMENT = "{row}state IN ('requested', 'confirmed', 'arrived')"
LIVE_SLOT = "NOT ({row}state = 'withdrawn')"

# table → (guard's name, column of the one who can be in one place only, condition, refusal)
NO_OVERLAP = {
    "portal_slot": ("slot_no_overlap", "doctor_id", LIVE_SLOT),
    "portal_appointment": ("appointment_no_overlap", "patient_id", LIVE_APPOINTMENT),
}


def install_after_migrate(using: str = "default", **_kwargs) -> None:
    install(connections[using])


def install(connection) -> None:
    """Create every guard anew, so that existing databases get changed guards too."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if "portal_auditevent" not in connection.introspection.table_names(cursor):
            return  # migrated back to nothing
        for statement in _statements(connection.vendor):
            cursor.execute(statement)


def remove(connection) -> None:
    """Allow audit events to be deleted: only for tests that empty their database."""
    names = ("audit_no_update", "audit_no_delete", "audit_no_replace", "audit_no_truncate")
    on = " ON portal_auditevent" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def _statements(vendor: str) -> list[str]:
    if vendor == "postgresql":
        return [*_postgresql_overlaps(), *_postgresql_audit()]
    return [*_sqlite_overlaps(), *_sqlite_audit()]


def _postgresql_overlaps():
    yield "CREATE EXTENSION IF NOT EXISTS btree_gist"
    for table, (name, owner, condition) in NO_OVERLAP.items():
        live = condition.format(row="")
        yield f"""
            DO $$ BEGIN
              IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = '{name}') THEN
                ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist
                  ({owner} WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE ({live});
              END IF;
              IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = '{name}_day') THEN
                ALTER TABLE {table} ADD CONSTRAINT {name}_day
                  CHECK (ends_at <= starts_at + interval '1 day');
              END IF;
            END $$"""  # noqa: S608 (names of our own tables)


def _postgresql_audit():
    yield """
        CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'audit events cannot be changed or removed'
              USING ERRCODE = 'integrity_constraint_violation'; END $$"""
    for event in ("update", "delete"):
        yield f"""
            CREATE OR REPLACE TRIGGER audit_no_{event} BEFORE {event.upper()} ON portal_auditevent
            FOR EACH ROW EXECUTE FUNCTION audit_refuse()"""
    yield """
        CREATE OR REPLACE TRIGGER audit_no_truncate BEFORE TRUNCATE ON portal_auditevent
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"""


def _sqlite_overlaps():
    for table, (name, owner, condition) in NO_OVERLAP.items():
        live = condition.format(row="")
        for event in ("INSERT", "UPDATE"):
            yield f"DROP TRIGGER IF EXISTS {name}_{event.lower()}"
            yield f"""
                CREATE TRIGGER {name}_{event.lower()} BEFORE {event} ON {table}
                WHEN {condition.format(row="NEW.")}
                BEGIN
                  SELECT RAISE(ABORT, '{name}') WHERE EXISTS (
                    SELECT 1 FROM {table}
                    WHERE {owner} = NEW.{owner} AND id <> COALESCE(NEW.id, -1) AND {live}
                      AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at
                      AND starts_at > datetime(NEW.starts_at, '-1 day'));
                  SELECT RAISE(ABORT, '{name}: longer than a day')
                  WHERE NEW.ends_at > datetime(NEW.starts_at, '+1 day');
                END"""  # noqa: S608 (names of our own tables)


def _sqlite_audit():
    for event in ("update", "delete"):
        yield f"DROP TRIGGER IF EXISTS audit_no_{event}"
        yield f"""
            CREATE TRIGGER audit_no_{event} BEFORE {event.upper()}
            ON portal_auditevent
            BEGIN SELECT RAISE(ABORT, 'audit events cannot be changed or removed'); END"""
    # INSERT OR REPLACE removes the old row without firing the trigger for removals.
    yield "DROP TRIGGER IF EXISTS audit_no_replace"
    yield """
        CREATE TRIGGER audit_no_replace BEFORE INSERT ON portal_auditevent
        WHEN NEW.id IN (SELECT id FROM portal_auditevent)
        BEGIN SELECT RAISE(ABORT, 'audit events cannot be changed or removed'); END"""
