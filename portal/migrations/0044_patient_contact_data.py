from django.db import migrations, models


class Migration(migrations.Migration):
    """What the desk keeps of a patient: approximate age, email, language, note, and whether they may
    be written to."""

    dependencies = [("portal", "0043_audit_by_month")]

    operations = [
        migrations.AddField(
            model_name="patient",
            name="birth_year_about",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="year of birth, about"
            ),
        ),
        migrations.AddField(
            model_name="patient",
            name="deceased_on",
            field=models.DateField(blank=True, null=True, verbose_name="deceased on"),
        ),
        migrations.AddField(
            model_name="patient",
            name="desk_note",
            field=models.TextField(blank=True, max_length=500, verbose_name="note for the desk"),
        ),
        migrations.AddField(
            model_name="patient",
            name="email",
            field=models.EmailField(blank=True, max_length=254, verbose_name="email on file"),
        ),
        migrations.AddField(
            model_name="patient",
            name="is_not_written_to",
            field=models.BooleanField(default=False, verbose_name="do not write to"),
        ),
        migrations.AddField(
            model_name="patient",
            name="language",
            field=models.CharField(blank=True, max_length=10, verbose_name="preferred language"),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(
                condition=~models.Q(email=""), fields=["email"], name="patient_by_email"
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(date_of_birth=None) | models.Q(birth_year_about=None),
                name="patient_one_birth",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(birth_year_about=None)
                | models.Q(birth_year_about__range=(1900, 2999)),
                name="patient_birth_year",
            ),
        ),
    ]
