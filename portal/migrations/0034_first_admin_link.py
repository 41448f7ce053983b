from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0033_licences_compared_without_blanks"),
    ]

    operations = [
        migrations.CreateModel(
            name="FirstAdminLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token_hash", models.CharField(max_length=64)),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pk", 1)), name="first_admin_link_one_row"
                    )
                ],
            },
        ),
    ]
