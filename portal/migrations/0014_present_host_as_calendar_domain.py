"""Calendars that were sent so far carry the host of ORIGIN: it stays their name."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import migrations


def write_present_host(apps, schema_editor):
    host = urlsplit(settings.ORIGIN).hostname
    apps.get_model("portal", "CalendarDomain").objects.get_or_create(pk=1, defaults={"name": host})


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0013_calendar_domain"),
    ]

    operations = [
        migrations.RunPython(write_present_host, migrations.RunPython.noop),
    ]
