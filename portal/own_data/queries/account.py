"""The account: the login, its addresses, its devices, its preferences."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils.translation import gettext_lazy as _

from portal.enums import UserState
from portal.models import CalendarFeed, User
from portal.own_data.queries.section import Owner, Record, Section, records


def _account(owner: Owner) -> list[Record]:
    """One query. The password is kept as a hash only, and is no news to its owner."""
    found = records(User.objects.filter(pk=owner.user.pk), without=("password",))
    for one in found:
        one["switched_off"] = one["switched_off"].split()
    return found


def _addresses(owner: Owner) -> list[Record]:
    return records(EmailAddress.objects.filter(user=owner.user).order_by("pk"))


def _devices(owner: Owner) -> list[Record]:
    """One query. The key would let in whoever has it."""
    found = UserSession.objects.filter(user=owner.user).order_by("pk")
    return records(found, without=("session_key", "data"))


def _second_factors(owner: Owner) -> list[Record]:
    """One query. What proves them is secret."""
    return records(Authenticator.objects.filter(user=owner.user).order_by("pk"), without=("data",))


def _calendar(owner: Owner) -> list[Record]:
    """One query. The address itself is secret, and is shown on the profile page."""
    found = records(CalendarFeed.objects.filter(user=owner.user))
    return [one | {"is_on": one.pop("nonce") is not None} for one in found]


ACCOUNT = Section(
    name="account",
    title=_("Your account"),
    read=_account,
    holds=(),
    is_single=True,
    words={"state": UserState.choices},
)
ADDRESSES = Section(
    name="email_addresses",
    title=_("Your email addresses"),
    read=_addresses,
    holds=("EmailAddress.user",),
    columns=("email", "verified", "primary"),
)
DEVICES = Section(
    name="devices",
    title=_("Signed-in devices"),
    read=_devices,
    holds=("UserSession.user",),
    columns=("created_at", "last_seen_at", "ip", "user_agent"),
)
SECOND_FACTORS = Section(
    name="second_factors",
    title=_("Your second factors"),
    read=_second_factors,
    holds=("Authenticator.user",),
    columns=("type", "created_at", "last_used_at"),
    words={"type": Authenticator.Type.choices},
)
CALENDAR = Section(
    name="calendar_address",
    title=_("Your calendar address"),
    read=_calendar,
    holds=("CalendarFeed.user",),
    is_single=True,
)
