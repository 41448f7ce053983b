from django.db import migrations, models

import portal.models.office


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0035_offices_and_specialties_close"),
    ]

    operations = [
        migrations.AddField(
            model_name="clinicsettings",
            name="time_zone",
            field=models.CharField(
                blank=True,
                default="",
                max_length=40,
                validators=[portal.models.office.validate_time_zone],
                verbose_name="time zone",
            ),
        ),
        migrations.AddField(
            model_name="clinicsettings",
            name="set_up_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
