from django.db import migrations

from portal.models.local_days import DayEdgeField


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0022_indexes_of_folded_names"),
    ]

    operations = [
        migrations.AddField(model_name="holiday", name="begins_at", field=DayEdgeField(null=True)),
        migrations.AddField(
            model_name="holiday", name="ends_at", field=DayEdgeField(is_end=True, null=True)
        ),
    ]
