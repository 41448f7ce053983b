"""From when on patients may book a slot, which depends on its audience (requirement B24)."""

from datetime import UTC, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.enums import SlotAudience
from portal.models import ClinicSettings, Office


def released_at(
    audience: str, starts_at: datetime, office: Office, settings: ClinicSettings
) -> datetime | None:
    """The moment (UTC) from which patients may book a slot that starts at `starts_at` (aware).

    Public slots at once; desk slots never (None); same-day slots at the clinic's hour of release in
    the zone of `office`, on the day of the slot. If that time occurs twice, the first is meant; if
    it is skipped, it is as many hours after midnight. No query.
    """
    if audience == SlotAudience.PUBLIC:
        return timezone.now()
    if audience == SlotAudience.DESK:
        return None
    day = starts_at.astimezone(office.zone).date()
    return datetime.combine(day, settings.same_day_release_at, office.zone).astimezone(UTC)


def audience_marks(settings: ClinicSettings) -> dict[str, str]:
    """Texts for staff about slots that are not for everyone, by audience. No query."""
    at = {"time": f"{settings.same_day_release_at:%H:%M}"}
    return {
        SlotAudience.PUBLIC: "",
        SlotAudience.SAME_DAY: _("Same day, from %(time)s") % at,
        SlotAudience.DESK: _("Desk only"),
    }
