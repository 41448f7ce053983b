"""Lists of patients are read in the order of folded names, and names are found without spaces."""

from django.db import migrations, models

import portal.models.names

# What the database finds parts of names with; SQLite reads the table.
PARTS = {"patient_name_parts": "portal_patient", "doctor_name_parts": "portal_doctor"}


def find_parts_of(expression):
    def create(apps, schema_editor):
        if schema_editor.connection.vendor != "postgresql":
            return
        for name, table in PARTS.items():
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")
            schema_editor.execute(
                f"CREATE INDEX {name} ON {table} USING gin ({expression} gin_trgm_ops)"
            )

    return create


class Migration(migrations.Migration):
    dependencies = [("portal", "0021_fold_names_anew")]

    operations = [
        migrations.RemoveIndex(model_name="patient", name="patient_by_name"),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(fields=["search_name", "id"], name="patient_by_folded_name"),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(
                portal.models.names.Joined("search_name"), name="patient_by_joined_name"
            ),
        ),
        migrations.RunPython(
            find_parts_of("(REPLACE(search_name, ' ', ''))"), find_parts_of("search_name")
        ),
    ]
