"""Logins, offices and specialties have a folded name too, and lists are sorted by it."""

from django.db import migrations

import portal.models.names

KEPT_SINCE_THE_BEGINNING = ("portal_patient", "portal_doctor")


def sort_by_character(apps, schema_editor):
    """New columns are made so; PostgreSQL's usual collations pass over spaces."""
    if schema_editor.connection.vendor == "postgresql":
        for table in KEPT_SINCE_THE_BEGINNING:
            schema_editor.execute(
                f'ALTER TABLE {table} ALTER COLUMN search_name TYPE varchar(240) COLLATE "C"'
            )


class Migration(migrations.Migration):
    dependencies = [("portal", "0019_setup_notices")]

    operations = [
        migrations.AddField(
            model_name=model,
            name="search_name",
            field=portal.models.names.FoldedField("name", default=""),
            preserve_default=False,
        )
        for model in ("office", "specialty", "user")
    ] + [
        migrations.RunPython(sort_by_character, migrations.RunPython.noop),
        migrations.AlterModelOptions(
            name="assistant", options={"ordering": ["user__search_name", "pk"]}
        ),
        migrations.AlterModelOptions(name="doctor", options={"ordering": ["search_name", "pk"]}),
        migrations.AlterModelOptions(name="office", options={"ordering": ["search_name", "pk"]}),
        migrations.AlterModelOptions(name="patient", options={"ordering": ["search_name", "pk"]}),
        migrations.AlterModelOptions(
            name="specialty",
            options={"ordering": ["search_name", "pk"], "verbose_name_plural": "specialties"},
        ),
    ]
