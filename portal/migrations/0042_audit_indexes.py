"""The filters of the audit page: who acted, what was done, what admins did."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portal", "0041_audit_seals")]

    operations = [
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["actor_id", "at"], name="audit_by_actor"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["verb", "at"], name="audit_by_verb"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(
                condition=models.Q(("actor_role", "admin")), fields=["at"], name="audit_of_admins"
            ),
        ),
    ]
