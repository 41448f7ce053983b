"""The events of access to another's chart (requirement A14)."""

from functools import partial

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.enums import Channel, ProxyState, Scope
from portal.household.services.asking import token
from portal.models import Notification, ProxyAccess, User
from portal.notifications.declaration import Event, Link, Recipient, Topic
from portal.notifications.facts import Facts
from portal.notifications.registry import register

HOUSEHOLD = Topic(
    "household",
    _("Whom you look after, and who looks after you"),
    _("Always sent: it says who may act for whom."),
)
EMAIL, PORTAL = Channel.EMAIL, Channel.PORTAL


class AccessFacts(Facts):
    """`user` looks after `patient`; `scopes` are values of Scope."""

    access: int
    patient: str
    user: str
    scopes: list[str]

    @classmethod
    def derived(cls, printed: dict) -> dict:
        """`allowed`: the scopes in words."""
        return {"allowed": [str(Scope(one).label) for one in printed["scopes"]]}


class LinkFacts(AccessFacts):
    """`until`: the day on which the link ends, as it is printed."""

    until: str


class ReviewFacts(AccessFacts):
    age: int
    until: str


def _both(access: ProxyAccess, _by: User | None) -> list[Recipient]:
    patient = Recipient("patient", access.patient.user, access.patient)
    return [patient, *([Recipient("proxy", access.user)] if access.user else [])]


def _facts(access: ProxyAccess, _by: User | None, _given: dict) -> dict:
    user = access.user.name if access.user else access.email
    told = {"access": access.pk, "patient": access.patient.name, "user": user}
    return told | {"scopes": [str(scope) for scope in access.scopes]}


def _facts_of_link(access: ProxyAccess, by: User | None, given: dict) -> dict:
    until = date_format(access.expires_at, "j F Y") if access.expires_at else ""
    return _facts(access, by, given) | {"until": until}


def _facts_of_review(access: ProxyAccess, by: User | None, given: dict) -> dict:
    until = date_format(access.review_by, "j F Y") if access.review_by else ""
    return _facts(access, by, given) | {"until": until}


def _to_household(_notification: Notification, reader: User | None) -> Link | None:
    return Link(gettext("Your household"), reverse("household")) if reader else None


def _waiting(notification: Notification, state: ProxyState) -> ProxyAccess | None:
    pk = notification.facts.get("access")
    return ProxyAccess.objects.standing().filter(pk=pk, state=state).first()


def _link_to(page: str, state: ProxyState, notification: Notification) -> str | None:
    found = _waiting(notification, state)
    return settings.ORIGIN + reverse(page, args=[token(found)]) if found else None


AccessEvent = partial(
    Event,
    topic=HOUSEHOLD,
    channels={"patient": (EMAIL, PORTAL), "proxy": (EMAIL, PORTAL)},
    recipients=_both,
    facts=AccessFacts,
    facts_of=_facts,
    key="{event}:{new}:{kind}:{channel}",
    link=_to_household,
)

register(
    AccessEvent(name="access_opened", label=_("Somebody looks after a patient")),
    AccessEvent(name="access_changed", label=_("What somebody may do for a patient has changed")),
    AccessEvent(name="access_ended", label=_("Somebody no longer looks after a patient")),
    AccessEvent(
        name="access_review",
        label=_("Looking after a patient is to be agreed to again"),
        facts=ReviewFacts,
        facts_of=_facts_of_review,
    ),
    AccessEvent(name="access_paused", label=_("Looking after a patient has paused")),
    Event(
        name="access_offered",
        label=_("Somebody asks you to look after them"),
        topic=HOUSEHOLD,
        channels={"offered": (EMAIL,)},
        recipients=lambda access, _by: [Recipient("offered", None, address=access.email)],
        facts=LinkFacts,
        facts_of=_facts_of_link,
        key="{event}:{about.pk}:{channel}",
        to_given=True,
        holds=lambda notification: _waiting(notification, ProxyState.OFFERED) is not None,
        answer_url=partial(_link_to, "household-accept", ProxyState.OFFERED),
        details=lambda _notification, _clinic: {"preferences_url": ""},
        secret=True,
    ),
    Event(  # `to` gives the address on file
        name="access_asked",
        label=_("Somebody asks to look after you"),
        topic=HOUSEHOLD,
        channels={"asked": (EMAIL,)},
        facts=LinkFacts,
        facts_of=_facts_of_link,
        key="{event}:{about.pk}:{channel}",
        to_given=True,
        holds=lambda notification: _waiting(notification, ProxyState.ASKED) is not None,
        answer_url=partial(_link_to, "household-answer", ProxyState.ASKED),
        secret=True,
    ),
)
