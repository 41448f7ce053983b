"""The events of accounts and of the patient's chart (requirements A02, A04, A09, A16)."""

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.enums import Channel
from portal.models import Notification, Patient, User
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


class LinkCodeFacts(Facts):
    code: str


class ChangedData(Facts):
    what: list[str]  # names of fields


def _patient(patient: Patient, _by: User | None) -> list[Recipient]:
    return [Recipient("user", patient.user, patient)]


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
        channels={"user": (Channel.EMAIL, Channel.PORTAL)},
        recipients=_patient,
        key="{event}:{new}:{channel}",
        link=_to_profile,
    ),
    Event(
        name="chart_unlinked",
        label=_("Your account has left a chart"),
        topic=ACCOUNT,
        channels={"user": (Channel.EMAIL, Channel.PORTAL)},
        recipients=_user,
        key="{event}:{new}:{channel}",
        link=_to_profile,
    ),
    Event(
        name="patient_changed",
        label=_("The desk has changed your data"),
        topic=ACCOUNT,
        channels={"user": (Channel.EMAIL, Channel.PORTAL)},
        recipients=_patient,
        facts=ChangedData,
        key="{event}:{new}:{channel}",
        link=_to_profile,
    ),
)
