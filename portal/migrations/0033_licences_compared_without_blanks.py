import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    """A licence number is one doctor's, however it is typed."""

    dependencies = [
        ("portal", "0032_decisions_about_doctors"),
    ]

    operations = [
        migrations.AlterField(
            model_name="doctor",
            name="licence_number",
            field=models.CharField(max_length=40, verbose_name="licence number"),
        ),
        migrations.AddConstraint(
            model_name="doctor",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Upper(
                    django.db.models.functions.text.Replace("licence_number", models.Value(" "))
                ),
                name="doctor_licence_unique",
            ),
        ),
    ]
