"""The events of doctors' registration and approval (requirement A02)."""

from functools import partial

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.enums import Channel, Role, UserState
from portal.models import Doctor, Notification, User
from portal.notifications.declaration import Event, Link, Recipient, Topic
from portal.notifications.facts import Facts, Text
from portal.notifications.registry import register

APPROVAL = Topic(
    "approval",
    _("Your approval as a doctor"),
    _("Always sent: it says whether patients find and book you."),
)


class Applied(Facts):
    doctor: int
    state: str
    name: str


class Decision(Facts):
    doctor: int
    state: str
    note: Text = ""


def _doctor(doctor: Doctor, _by: User | None) -> list[Recipient]:
    return [Recipient("doctor", doctor.user)]


def _applicant_and_admins(doctor: Doctor, _by: User | None) -> list[Recipient]:
    """One query."""
    admins = User.objects.filter(role=Role.ADMIN, state=UserState.ACTIVE).order_by("pk")
    return [Recipient("doctor", doctor.user), *(Recipient("admin", one) for one in admins)]


def _facts(doctor: Doctor, _by: User | None, _given: dict) -> dict:
    return {"doctor": doctor.pk, "state": doctor.state}


def _facts_of_application(doctor: Doctor, by: User | None, given: dict) -> dict:
    return {**_facts(doctor, by, given), "name": doctor.name}


def _still_holds(notification: Notification) -> bool:
    """One query."""
    facts = notification.facts
    return Doctor.objects.filter(pk=facts["doctor"], state=facts["state"]).exists()


def _to_application(notification: Notification, reader: User | None) -> Link | None:
    if reader is None:
        return None
    if notification.facts["for"] == "admin":
        pk = notification.facts["doctor"]
        return Link(gettext("See the application"), reverse("manage-doctor", args=[pk]))
    return Link(gettext("See your application"), reverse("application"))


DecisionEvent = partial(
    Event,
    topic=APPROVAL,
    channels={"doctor": (Channel.EMAIL, Channel.PORTAL)},
    recipients=_doctor,
    facts=Decision,
    facts_of=_facts,
    # An approval can be withdrawn and given back any number of times.
    key="doctor:{about.pk}:{event}:{new}:{channel}",
    holds=_still_holds,
    link=_to_application,
)

register(
    DecisionEvent(
        name="doctor_applied",
        label=_("A doctor has registered"),
        channels={"doctor": (Channel.EMAIL, Channel.PORTAL), "admin": (Channel.PORTAL,)},
        recipients=_applicant_and_admins,
        facts=Applied,
        facts_of=_facts_of_application,
    ),
    DecisionEvent(name="doctor_approved", label=_("Your registration is approved")),
    DecisionEvent(name="doctor_declined", label=_("Your registration is not approved")),
    DecisionEvent(name="doctor_withdrawn", label=_("Your approval is withdrawn")),
)
