"""Guards in the database: they refuse wrong data from whatever program.

- Two slots of one doctor, or two live appointments of one patient, that overlap in time.
- Slots and appointments longer than a day; so a query for overlaps needs to read only one day back.
- A change or deletion of an audit event, of a seal of the audit trail, or of a signed note.

Unique constraints in the models already forbid equal starts; these guards add overlaps that start
at different minutes. All statements are idempotent: they run after every `migrate`.
"""

from django.db import connections, transaction

# Exactly like the conditions of the models' indexes, or SQLite does not use these indexes.
LIVE_APPOINTMENT = "{row}state IN ('requested', 'confirmed', 'arrived')"
LIVE_SLOT = "NOT ({row}state = 'withdrawn')"

# table → the first part of its guards' names: rows are added and read, nothing else
APPEND_ONLY = {
    "portal_auditevent": "audit",
    "portal_auditseal": "seal",
    "portal_signednote": "signed_note",
}
EVENTS = ("update", "delete", "replace", "truncate")

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
        tables = connection.introspection.table_names(cursor)
        if "portal_auditevent" not in tables:
            return  # migrated back to nothing
        kept = [table for table in APPEND_ONLY if table in tables]
        for statement in _statements(connection.vendor, kept):
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            for month in partitions(cursor):
                cursor.execute(no_truncate(month, APPEND_ONLY["portal_auditevent"]))


def remove(connection) -> None:
    """Allow rows of the audit trail to be deleted: only for migrations that rebuild it, and for
    tests that empty their database."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        on_table = {table: name for table, name in APPEND_ONLY.items() if table in tables}
        if connection.vendor == "postgresql":
            months = partitions(cursor) if "portal_auditevent" in tables else []
            on_table |= dict.fromkeys(months, APPEND_ONLY["portal_auditevent"])
        for table, name in on_table.items():
            is_partition = table not in APPEND_ONLY
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            for event in ("truncate",) if is_partition else EVENTS:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}_no_{event}{on}")


def partitions(cursor) -> list[str]:
    """The months of the audit trail on PostgreSQL. Their row triggers are copies of the parent's;
    those for TRUNCATE are not copied."""
    cursor.execute(
        "SELECT inhrelid::regclass::text FROM pg_inherits"
        " WHERE inhparent = 'portal_auditevent'::regclass"
    )
    return [name for (name,) in cursor.fetchall()]


def no_truncate(table: str, name: str) -> str:
    """PostgreSQL's statement that refuses to empty `table`."""
    return f"""
        CREATE OR REPLACE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"""


def _statements(vendor: str, append_only: list[str]) -> list[str]:
    if vendor == "postgresql":
        return [*_postgresql_overlaps(), *_postgresql_audit(append_only)]
    return [*_sqlite_overlaps(), *_sqlite_audit(append_only)]


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


def _postgresql_audit(tables):
    yield """
        CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'audit events cannot be changed or removed'
              USING ERRCODE = 'integrity_constraint_violation'; END $$"""
    for table in tables:
        name = APPEND_ONLY[table]
        for event in ("update", "delete"):
            yield f"""
                CREATE OR REPLACE TRIGGER {name}_no_{event} BEFORE {event.upper()} ON {table}
                FOR EACH ROW EXECUTE FUNCTION audit_refuse()"""
        yield no_truncate(table, name)


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


def _sqlite_audit(tables):
    for table in tables:
        name, key = APPEND_ONLY[table], "number" if table == "portal_auditseal" else "id"
        refuse = "BEGIN SELECT RAISE(ABORT, 'audit events cannot be changed or removed'); END"
        for event in ("update", "delete"):
            yield f"DROP TRIGGER IF EXISTS {name}_no_{event}"
            yield f"""
                CREATE TRIGGER {name}_no_{event} BEFORE {event.upper()} ON {table} {refuse}"""
        # INSERT OR REPLACE removes the old row without firing the trigger for removals.
        yield f"DROP TRIGGER IF EXISTS {name}_no_replace"
        yield f"""
            CREATE TRIGGER {name}_no_replace BEFORE INSERT ON {table}
            WHEN NEW.{key} IN (SELECT {key} FROM {table}) {refuse}"""  # noqa: S608 (names of our own tables)
