from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0034_first_admin_link"),
    ]

    operations = [
        migrations.AddField(
            model_name="office",
            name="closed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="specialty",
            name="closed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
