"""Each row of the audit trail has a hash of its content."""

from django.db import migrations

import portal.models.audit_hash


class Migration(migrations.Migration):
    dependencies = [("portal", "0038_idle_minutes")]

    operations = [
        migrations.AddField(
            model_name="auditevent",
            name="row_hash",
            field=portal.models.audit_hash.RowHashField(default=b"", max_length=32),
            preserve_default=False,
        ),
    ]
