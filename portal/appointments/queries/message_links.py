"""The links from notifications to offers and free times, if the reader may see them."""

from urllib.parse import urlencode

from django.urls import reverse
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


def to_other_times(notification: Notification, reader: User | None) -> Link | None:
    """The free times of other doctors like the one for whom the patient waited. No query."""
    if reader is None or "specialty" not in notification.facts:
        return None
    query = urlencode({"specialty": notification.facts["specialty"]})
    return Link(_("Find a time with another doctor"), f"{reverse('slots')}?{query}")
