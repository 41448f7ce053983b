"""The chain of seals over the audit trail."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portal", "0040_hash_audit_rows")]

    operations = [
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("sealed_at", models.DateTimeField(db_index=True)),
                ("highest_id", models.BigIntegerField()),
                ("count", models.IntegerField()),
                ("spans", models.JSONField()),
                ("marks", models.BinaryField()),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("digest", models.CharField(max_length=64)),
            ],
            options={"ordering": ["-number"]},
        ),
    ]
