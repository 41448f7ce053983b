"""The events of an erasure (requirement A19). They say the day, and nothing of what is held."""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.accounts.events import ACCOUNT
from portal.enums import Channel
from portal.models import ErasureRequest, Notification, Patient, User
from portal.notifications.declaration import Event, Link, Recipient
from portal.notifications.facts import Facts
from portal.notifications.registry import register

EVENTS = {
    "erasure_asked": _("Your data will be erased"),
    "erasure_withdrawn": _("Your data will not be erased"),
    "erasure_begins": _("Your data are being erased"),
}


class Due(Facts):
    on: str  # the day, as it is printed
    has_account: bool


def _person(request: ErasureRequest, _by: User | None) -> list[Recipient]:
    """By the address that is on file now, also of an account that is closed; and in the portal, the
    login."""
    patient = request.patient
    told = [Recipient("login", patient.user, patient)] if patient.user else []
    if patient.is_reached_by(Channel.EMAIL) and (address := _address(patient)):
        told.append(Recipient("patient", patient.user, patient, address=address))
    return told


def _address(patient: Patient) -> str:
    if patient.user:
        return patient.user.email
    return patient.email or (patient.phone.as_e164 if patient.phone else "")


def _facts(request: ErasureRequest, _by: User | None, _given: dict) -> dict:
    user = request.patient.user
    return {
        "on": date_format(request.due_on, "j F Y"),
        "has_account": bool(user and user.is_active),
    }


def _link(notification: Notification, reader: User | None) -> Link | None:
    if notification.event == "erasure_begins" or not (reader and reader.is_active):
        return None
    return Link(gettext("Your request"), reverse("own-erasure"))


register(
    *(
        Event(
            name=name,
            label=label,
            topic=ACCOUNT,
            channels={"patient": (Channel.EMAIL, Channel.SMS), "login": (Channel.PORTAL,)},
            recipients=_person,
            facts=Due,
            facts_of=_facts,
            key="{event}:{about.pk}:{kind}:{channel}",
            to_given=True,
            link=_link,
        )
        for name, label in EVENTS.items()
    )
)
