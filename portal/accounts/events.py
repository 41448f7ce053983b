"""The events of accounts (requirements A02, A04, A12)."""

from django.utils.translation import gettext_lazy as _

from portal.enums import Channel
from portal.models import User
from portal.notifications.declaration import Event, Recipient, Topic
from portal.notifications.facts import Facts
from portal.notifications.registry import register

ACCOUNT = Topic(
    "account",
    _("Your account"),
    _("Always sent: it lets you in, and tells you if somebody else tries to get in."),
)


class FinishedMail(Facts):
    subject: str
    text: str
    html: str


class FactorReset(Facts):
    person: str
    admin: str


def _both(user: User, by: User | None) -> list[Recipient]:
    return [Recipient("user", user), Recipient("admin", by)]


def _names(user: User, by: User | None, _given: dict) -> dict:
    return {"person": user.name, "admin": by.name if by else ""}


def _user(user: User, _by: User | None) -> list[Recipient]:
    return [Recipient("user", user)]


register(
    Event(  # `to` names the recipient: the address may not be the user's own yet
        name="account",
        label=_("Signing in and your account"),
        topic=ACCOUNT,
        channels={"user": (Channel.EMAIL,)},
        facts=FinishedMail,
        key="{event}:{new}:{channel}",
        ready_made=True,
        secret=True,
    ),
    Event(
        name="account_confirmed",
        label=_("Your account is ready"),
        topic=ACCOUNT,
        channels={"user": (Channel.EMAIL, Channel.PORTAL)},
        recipients=_user,
        key="{event}:{about.pk}:{channel}",
    ),
    Event(
        name="second_factor_reset",
        label=_("A second factor was removed"),
        topic=ACCOUNT,
        channels={
            "user": (Channel.EMAIL, Channel.PORTAL),
            "admin": (Channel.EMAIL, Channel.PORTAL),
        },
        recipients=_both,
        facts=FactorReset,
        facts_of=_names,
        key="{event}:{new}:{kind}:{channel}",
    ),
)
