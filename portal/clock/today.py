"""Which day it is, on an office's clock."""

from datetime import date

from django.utils import timezone

from portal.models import Office


def today_at(office: Office) -> date:
    """The date that a calendar on the wall of this office shows now."""
    return timezone.now().astimezone(office.zone).date()
