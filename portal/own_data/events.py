"""The event of own data (requirement A13). Its mail says only that a file is ready, and where."""

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.accounts.events import ACCOUNT
from portal.enums import Channel
from portal.models import Notification, OwnDataExport, User
from portal.notifications.declaration import Event, Link, Recipient
from portal.notifications.facts import Facts, Moment
from portal.notifications.registry import register


class Ready(Facts):
    until: Moment
    zone: str

    @classmethod
    def derived(cls, printed: dict) -> dict:
        return {"city": printed.get("zone", "").rpartition("/")[2].replace("_", " ")}


def _owner(export: OwnDataExport, _by: User | None) -> list[Recipient]:
    return [Recipient("patient", export.user)]


def _link(_notification: Notification, reader: User | None) -> Link | None:
    return Link(gettext("See your data"), reverse("own-data")) if reader else None


register(
    Event(
        name="own_data_ready",
        label=_("Your data is ready to download"),
        topic=ACCOUNT,
        channels={"patient": (Channel.EMAIL, Channel.PORTAL)},
        recipients=_owner,
        facts=Ready,
        key="{event}:{about.run}:{channel}",
        expiry="until",
        link=_link,
    )
)
