"""The index of parts of names is for parts only, on PostgreSQL: it knows equality as well, and was
taken for that, though looking a whole name up in it takes two milliseconds."""

from django.db import migrations

PARTS = {"patient_name_parts": "portal_patient", "doctor_name_parts": "portal_doctor"}


def find_parts_of(expression):
    def create(apps, schema_editor):
        if schema_editor.connection.vendor != "postgresql":
            return
        for name, table in PARTS.items():
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")
            schema_editor.execute(
                f"CREATE INDEX {name} ON {table} USING gin (({expression}) gin_trgm_ops)"
            )

    return create


class Migration(migrations.Migration):
    dependencies = [("portal", "0053_distinct_patients")]

    operations = [
        migrations.RunPython(
            find_parts_of("REPLACE(search_name, ' ', '') || ''"),
            find_parts_of("REPLACE(search_name, ' ', '')"),
        )
    ]
