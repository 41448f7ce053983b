"""Waits as the lines of a list: what is waited for, since when, and what is on offer."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.enums import PartOfDay
from portal.models import Offer, Wait
from portal.web.templatetags.clinic import local, when, zone_name


@dataclass(slots=True)
class WaitLine:
    wait: Wait
    what: str
    limits: str  # days and parts of the day, if any
    offer: Offer | None


def lines(waits: list[Wait], offers: dict[int, Offer]) -> list[WaitLine]:
    """`offers`: the open ones by the id of their wait. No query."""
    return [WaitLine(wait, what(wait), limits(wait), offers.get(wait.pk)) for wait in waits]


def what(wait: Wait) -> str:
    """“Any time with Dr Ruiz at North”."""
    if wait.slot:
        return _("%(when)s (%(zone)s) with %(doctor)s") % {
            "when": when(wait.slot),
            "zone": zone_name(wait.slot.office),
            "doctor": wait.slot.doctor.name,
        }
    if wait.appointment:
        return _("An earlier time than %(when)s (%(zone)s) with %(doctor)s") % {
            "when": when(wait.appointment),
            "zone": zone_name(wait.appointment.office),
            "doctor": wait.appointment.doctor.name,
        }
    parts = {"office": wait.office and wait.office.name}
    if wait.doctor:
        whom = _("Any time with %(doctor)s") % {"doctor": wait.doctor.name}
    else:
        whom = wait.specialty.name if wait.specialty else _("Any doctor")
    return _("%(whom)s at %(office)s") % {"whom": whom, **parts} if wait.office else whom


def limits(wait: Wait) -> str:
    """“From 4 March 2026 until 9 March 2026, morning or evening”."""
    labels = dict(PartOfDay.choices)
    chosen = [str(labels[part]).lower() for part in wait.parts.split(",") if part]
    days = {
        "first": wait.first_day and date_format(wait.first_day, "j F Y"),
        "last": wait.last_day and date_format(wait.last_day, "j F Y"),
    }
    said = []
    if wait.first_day:
        said.append(_("from %(first)s") % days)
    if wait.last_day:
        said.append(_("until %(last)s") % days)
    if chosen:
        said.append(_(" or ").join(chosen))
    text = ", ".join(said)
    return text[:1].upper() + text[1:]


def kept_until(offer: Offer) -> str:
    """“Tuesday 3 March, 12:30 (Madrid time)”."""
    office = offer.slot.office
    return f"{date_format(local(offer.expires_at, office), 'l j F, H:i')} ({zone_name(office)})"
