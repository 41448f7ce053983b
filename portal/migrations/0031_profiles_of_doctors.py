import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    """What a doctor says at sign-up: languages, photo, usual length of an appointment."""

    dependencies = [
        ("portal", "0030_invitations"),
    ]

    operations = [
        migrations.AddField(
            model_name="doctor",
            name="languages",
            field=models.CharField(
                blank=True, default="", max_length=100, verbose_name="languages spoken"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="doctor",
            name="photo",
            field=models.CharField(blank=True, default="", editable=False, max_length=32),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="doctor",
            name="usual_minutes",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(5),
                    django.core.validators.MaxValueValidator(240),
                ],
                verbose_name="usual length of an appointment, in minutes",
            ),
        ),
    ]
