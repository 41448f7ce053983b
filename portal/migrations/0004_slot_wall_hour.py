"""The hour on the office's clock, so that the mornings among the free times are quick to find."""

from django.db import migrations

import portal.models.availability


class Migration(migrations.Migration):
    dependencies = [("portal", "0003_appointments_by_time")]

    operations = [
        migrations.AddField(
            model_name="slot",
            name="wall_hour",
            field=portal.models.availability.WallHourField(default=9),
            preserve_default=False,
        ),
    ]
