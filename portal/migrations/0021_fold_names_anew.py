"""Punctuation of names is folded, and logins, offices and specialties get their first copy."""

from django.db import migrations

from portal.models.names import fold

MODELS = ("patient", "doctor", "office", "specialty", "user")
LONGEST = 240
AT_A_TIME = 1000


def fold_anew(apps, schema_editor):
    for name in MODELS:
        model = apps.get_model("portal", name)
        changed = []
        for row in model.objects.order_by().only("pk", "name", "search_name").iterator(AT_A_TIME):
            folded = fold(row.name)[:LONGEST]
            if folded != row.search_name:
                changed.append((row.pk, folded))
        _write(schema_editor, model, changed)


def _write(schema_editor, model, changed):
    """By hand: the field would fold what is written once more, which costs as much again."""
    table = model._meta.db_table
    with schema_editor.connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET search_name = %s WHERE id = %s",  # noqa: S608 (names of our own columns)
            [(folded, pk) for pk, folded in changed],
        )


class Migration(migrations.Migration):
    dependencies = [("portal", "0020_names_of_all_are_folded")]

    operations = [migrations.RunPython(fold_anew, migrations.RunPython.noop)]
