"""Free times that stand on a day on which their office is closed go. Those that somebody has asked
for stay until the request is answered."""

from django.db import migrations


def withdraw(apps, schema_editor):
    holidays = apps.get_model("portal", "Holiday").objects
    slots = apps.get_model("portal", "Slot").objects
    for holiday in holidays.filter(state="confirmed").order_by("pk"):
        free = slots.filter(
            office=holiday.office_id,
            starts_at__gte=holiday.begins_at,
            starts_at__lt=holiday.ends_at,
            state="open",
            has_requests=False,
        )
        # Not by hand: the hours make theirs again, should the day be opened.
        free.filter(weekly_hours__isnull=False).update(state="withdrawn", is_extra=True)
        free.update(state="withdrawn")


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0025_closed_days"),
    ]

    operations = [migrations.RunPython(withdraw, migrations.RunPython.noop)]
