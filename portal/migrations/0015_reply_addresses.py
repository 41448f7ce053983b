from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0014_present_host_as_calendar_domain"),
    ]

    operations = [
        migrations.AddField(
            model_name="clinicsettings",
            name="reply_to",
            field=models.EmailField(
                blank=True, max_length=254, verbose_name="address that answers to mails go to"
            ),
        ),
        migrations.AddField(
            model_name="office",
            name="reply_to",
            field=models.EmailField(
                blank=True, max_length=254, verbose_name="address that answers to mails go to"
            ),
        ),
    ]
