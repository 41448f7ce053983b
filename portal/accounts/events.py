"""The events of accounts and of the patient's chart (requirements A02, A03, A04, A09, A12, A16)."""

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.accounts.services.invitations import token
from portal.enums import Channel
from portal.models import Invitation, Notification, Patient, User
from portal.notifications.declaration import Event, Link, Recipient, Topic
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


class CorrectedAddress(Facts):
    admin: str
    address: str  # the new one, masked


class LinkCodeFacts(Facts):
    code: str


class ChangedData(Facts):
    what: list[str]  # names of fields


def _patient(patient: Patient, _by: User | None) -> list[Recipient]:
    return [Recipient("patient", patient.user, patient)]


def _former(user: User, _by: User | None) -> list[Recipient]:
    """Whose account has left the chart."""
    return [Recipient("patient", user)]


def _to_profile(_notification: Notification, _reader: User | None) -> Link:
    return Link(gettext("Your profile"), reverse("profile"))


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
    Event(  # `to` gives the address that is to be replaced
        name="email_corrected",
        label=_("An admin changes your address"),
        topic=ACCOUNT,
        channels={"user": (Channel.EMAIL,)},
        facts=CorrectedAddress,
        key="{event}:{new}:{channel}",
        to_given=True,
    ),
    Event(  # `to` gives the email or phone that the clinic has on file
        name="link_code",
        label=_("A code to find your chart"),
        topic=ACCOUNT,
        channels={"patient": (Channel.EMAIL, Channel.SMS)},
        facts=LinkCodeFacts,
        key="{event}:{new}:{channel}",
        to_given=True,
        secret=True,
    ),
    Event(
        name="chart_linked",
        label=_("Your account has joined your chart"),
        topic=ACCOUNT,
        channels={"patient": (Channel.EMAIL, Channel.PORTAL)},
        recipients=_patient,
        key="{event}:{new}:{channel}",
        link=_to_profile,
    ),
    Event(
        name="chart_unlinked",
        label=_("Your account has left a chart"),
        topic=ACCOUNT,
        channels={"patient": (Channel.EMAIL, Channel.PORTAL)},
        recipients=_former,
        key="{event}:{new}:{channel}",
        link=_to_profile,
    ),
    *(
        Event(
            name=name,
            label=label,
            topic=ACCOUNT,
            channels={"patient": (Channel.EMAIL, Channel.PORTAL)},
            recipients=_patient,
            key="{event}:{new}:{channel}",
            link=_to_profile,
        )
        for name, label in (
            ("charts_merged", _("The clinic has merged two charts of yours")),
            ("charts_parted", _("The clinic has parted two charts again")),
        )
    ),
    Event(
        name="patient_changed",
        label=_("The desk has changed your data"),
        topic=ACCOUNT,
        channels={"patient": (Channel.EMAIL, Channel.PORTAL)},
        recipients=_patient,
        facts=ChangedData,
        key="{event}:{new}:{channel}",
        link=_to_profile,
    ),
)


class Invited(Facts):
    invitation: int
    sending: int  # the first mail is 1
    inviter: str
    role: str
    until: str  # the day, as it is printed


def _invited(invitation: Invitation, by: User | None, _given: dict) -> dict:
    return {
        "invitation": invitation.pk,
        "sending": invitation.times_sent,
        "inviter": by.name if by else "",
        "role": invitation.role,
        "until": date_format(invitation.expires_at, "j F Y"),
    }


def _invitation(notification: Notification) -> Invitation | None:
    """The invitation, if this mail has its newest link."""
    facts = notification.facts
    found = Invitation.objects.open().filter(pk=facts.get("invitation"))
    return found.filter(times_sent=facts.get("sending")).first()


def _link(notification: Notification) -> str | None:
    found = _invitation(notification)
    return settings.ORIGIN + reverse("invitation", args=[token(found)]) if found else None


register(
    Event(
        name="invited",
        label=_("An invitation to work with the portal"),
        topic=ACCOUNT,
        channels={"invited": (Channel.EMAIL,)},
        facts=Invited,
        facts_of=_invited,
        key="invitation:{about.pk}:{about.times_sent}:{channel}",
        holds=lambda notification: _invitation(notification) is not None,
        answer_url=_link,
        details=lambda _notification, _clinic: {"preferences_url": ""},  # not before the account
        secret=True,
    )
)
