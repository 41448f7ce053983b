"""On PostgreSQL the audit trail is partitioned by month. The guards come back after every migrate."""

from django.db import migrations
from django.utils import timezone

from portal.database import audit_months, guards


def _rebuild(schema_editor, *, by_month):
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    guards.remove(connection)
    with connection.cursor() as cursor:
        audit_months.rebuild(cursor, by_month=by_month, present=timezone.now().date())


def divide(apps, schema_editor):
    _rebuild(schema_editor, by_month=True)


def unite(apps, schema_editor):
    _rebuild(schema_editor, by_month=False)


class Migration(migrations.Migration):
    dependencies = [("portal", "0042_audit_indexes")]

    operations = [migrations.RunPython(divide, unite)]
