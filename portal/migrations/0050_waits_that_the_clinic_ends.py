"""An entry of the waiting list can be ended by the clinic."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portal", "0049_parts_of_phone_numbers")]

    operations = [
        migrations.AlterField(
            model_name="wait",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("served", "Got a time"),
                    ("left", "Ended by the patient or the desk"),
                    ("expired", "Too late"),
                    ("ended", "Ended by the clinic"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
    ]
