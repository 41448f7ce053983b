"""When each holiday begins and ends on the clock of its office."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db import migrations

from portal.models.local_days import midnight


def fill(apps, schema_editor):
    holidays = apps.get_model("portal", "Holiday").objects
    rows = list(holidays.select_related("office").order_by("pk"))
    for row in rows:
        zone = ZoneInfo(row.office.time_zone)
        holidays.filter(pk=row.pk).update(
            begins_at=midnight(row.day, zone), ends_at=midnight(row.day + timedelta(days=1), zone)
        )


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0023_days_of_holidays_in_utc"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
