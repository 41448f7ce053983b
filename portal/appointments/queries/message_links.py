"""The link from a notification to its offer, if the reader may see it."""

from django.utils.translation import gettext as _

from portal.models import Notification, Offer, User
from portal.notifications.declaration import Link


def to_offer(notification: Notification, reader: User | None) -> Link | None:
    """One query; no link if the offer cannot be accepted any more."""
    if reader is None or "offer" not in notification.facts:
        return None
    found = Offer.objects.visible_to(reader).filter(pk=notification.facts["offer"]).first()
    if found is None or not found.is_good:
        return None
    return Link(_("See and answer"), found.get_absolute_url())
