"""Hash the rows that are there. The guards come back after every migrate."""

from django.db import migrations

from portal.database import guards
from portal.models.audit_hash import CONTENT, content_hash

TOGETHER = 2000


def fill(apps, schema_editor):
    guards.remove(schema_editor.connection)
    events, last = apps.get_model("portal", "AuditEvent").objects, None
    while True:
        rows = events.order_by("pk") if last is None else events.order_by("pk").filter(pk__gt=last)
        found = list(rows[:TOGETHER])
        if not found:
            return
        for row in found:
            row.row_hash = content_hash([getattr(row, name) for name in CONTENT])
        events.bulk_update(found, ["row_hash"], batch_size=200)
        last = found[-1].pk


class Migration(migrations.Migration):
    dependencies = [("portal", "0039_audit_row_hash")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
