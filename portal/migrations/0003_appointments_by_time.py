"""Lists of many doctors' appointments are read along the time, from the end that they begin with."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portal", "0002_name_search_on_postgresql")]

    operations = [
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(fields=["starts_at", "id"], name="appointment_by_time"),
        ),
    ]
