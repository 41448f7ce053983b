from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0053_distinct_patients"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="user",
            name="user_state",
        ),
        migrations.AlterField(
            model_name="user",
            name="state",
            field=models.CharField(
                choices=[
                    ("active", "Active"),
                    ("blocked", "Blocked"),
                    ("closed", "Closed"),
                    ("erased", "Erased"),
                ],
                default="active",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["active", "blocked", "closed", "erased"])),
                name="user_state",
            ),
        ),
        migrations.AddField(
            model_name="patient",
            name="erased_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
