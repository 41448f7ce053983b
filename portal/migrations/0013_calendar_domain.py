from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0012_extra_slots"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarDomain",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=253)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pk", 1)), name="calendar_domain_one_row"
                    )
                ],
            },
        ),
    ]
