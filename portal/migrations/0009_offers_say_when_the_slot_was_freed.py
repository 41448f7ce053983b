from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0008_patients_of_the_desk"),
    ]

    operations = [
        migrations.AddField(
            model_name="offer",
            name="freed_at",
            field=models.DateTimeField(default=timezone.now),
        ),
    ]
