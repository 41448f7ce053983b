"""Parts of phone numbers are found by an index on PostgreSQL; SQLite reads the table."""

from django.db import migrations

PARTS = {
    "patient_phone_parts": "portal_patient USING gin (phone gin_trgm_ops)",
    "patient_further_phone_parts": "portal_patientphone USING gin (number gin_trgm_ops)",
}


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name, on in PARTS.items():
            schema_editor.execute(f"CREATE INDEX {name} ON {on}")


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in PARTS:
            schema_editor.execute(f"DROP INDEX {name}")


class Migration(migrations.Migration):
    dependencies = [("portal", "0048_merged_patients")]

    operations = [migrations.RunPython(create, drop)]
