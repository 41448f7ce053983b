"""A clinic that has had times is not asked to set itself up."""

from django.db import migrations
from django.utils import timezone


def mark(apps, schema_editor):
    if apps.get_model("portal", "Slot").objects.exists():
        settings = apps.get_model("portal", "ClinicSettings").objects
        settings.filter(set_up_at=None).update(set_up_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0036_state_of_the_set_up"),
    ]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
