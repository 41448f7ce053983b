from django.db import migrations, models

from portal.models.local_days import DayEdgeField


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0024_fill_days_of_holidays"),
    ]

    operations = [
        migrations.AlterField(model_name="holiday", name="begins_at", field=DayEdgeField()),
        migrations.AlterField(
            model_name="holiday", name="ends_at", field=DayEdgeField(is_end=True)
        ),
        migrations.AddIndex(
            model_name="holiday",
            index=models.Index(
                condition=models.Q(("state", "confirmed")),
                fields=["office", "begins_at", "ends_at"],
                name="holiday_closed",
            ),
        ),
        migrations.AddField(
            model_name="slot",
            name="despite_closure",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
