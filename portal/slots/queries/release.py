"""From when on patients may book a slot, which follows from its audience (requirement B24)."""

from datetime import UTC, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.enums import SlotAudience
from portal.models import ClinicSettings, Office


def released_at(
    audience: str, starts_at: datetime, office: Office, settings: ClinicSettings
) -> datetime | None:
    """The moment (UTC) from which patients may book a slot that starts at `starts_at` (aware).

    Public slots at once; slots of the desk never (None); same-day slots when the wall clock of
    `office` shows the clinic's hour of release on the day of the slot: the first time, should a
    clock change repeat it; should it be skipped, as long after midnight as it would have been.
    Costs no query.
    """
    if audience == SlotAudience.PUBLIC:
        return timezone.now()
    if audience == SlotAudience.DESK:
        return None
    day = starts_at.astimezone(office.zone).date()
    return datetime.combine(day, settings.same_day_release_at, office.zone).astimezone(UTC)


def audience_marks(settings: ClinicSettings) -> dict[str, str]:
    """What staff read of a slot that is not for everyone, by audience. Costs no query."""
    at = {"time": f"{settings.same_day_release_at:%H:%M}"}
    return {
        SlotAudience.PUBLIC: "",
        SlotAudience.SAME_DAY: _("Same day, from %(time)s") % at,
        SlotAudience.DESK: _("Desk only"),
    }
