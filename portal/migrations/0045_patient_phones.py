import django.db.models.deletion
import phonenumber_field.modelfields
from django.db import migrations, models


class Migration(migrations.Migration):
    """Patients may have several phone numbers, each with a label."""

    dependencies = [("portal", "0044_patient_contact_data")]

    operations = [
        migrations.CreateModel(
            name="PatientPhone",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("label", models.CharField(blank=True, max_length=40, verbose_name="label")),
                (
                    "number",
                    phonenumber_field.modelfields.PhoneNumberField(
                        max_length=128, region=None, verbose_name="phone"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="further_phones",
                        to="portal.patient",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["number"], name="patient_further_phone")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("patient", "number"), name="patient_phone_unique"
                    )
                ],
            },
        ),
    ]
