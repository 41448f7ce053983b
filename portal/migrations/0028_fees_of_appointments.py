from django.db import migrations, models


class Migration(migrations.Migration):
    """What the patient was told when the time was chosen; unknown for what was booked before."""

    dependencies = [
        ("portal", "0027_bulk_changes"),
    ]

    operations = [
        migrations.AddField(
            model_name="appointment",
            name="fee_cents",
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
    ]
