"""The first and the last moment of a date in an office's time zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import models


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When `day` begins in `zone`, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


class DayEdgeField(models.DateTimeField):
    """When the row's `day` begins (or with `is_end` ends) in its office's zone, stored in UTC.

    Otherwise the database would have to convert every time to compare it with a date.
    """

    def __init__(self, *, is_end: bool = False, **kwargs):
        self.is_end = is_end
        super().__init__(editable=False, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["editable"]
        if self.is_end:
            kwargs["is_end"] = True
        return name, path, args, kwargs

    def pre_save(self, model_instance, add):
        day = model_instance.day + timedelta(days=self.is_end)
        value = midnight(day, model_instance.office.zone)
        setattr(model_instance, self.attname, value)
        return value
