"""When a walk-in can be seen, in words (requirement B21)."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from portal.desk.queries.walk_ins import Opening
from portal.enums import AppointmentState
from portal.models import Appointment

NOW = timedelta(minutes=5)  # what begins so soon begins now


def label_of(opening: Opening, now: datetime) -> str:
    """“14:30 with Dr Ruiz, in 2 h 10 min”; “Now with Dr Ruiz, 12:05” if it is now; "" if nothing is
    free today."""
    if opening.starts is None:
        return ""
    said = {"time": f"{opening.starts:%H:%M}", "doctor": opening.doctor}
    wait = opening.starts - now
    if wait <= NOW:
        return _("Now with %(doctor)s, %(time)s") % said
    return _("%(time)s with %(doctor)s, %(wait)s") % (said | {"wait": _in(wait)})


def _in(wait: timedelta) -> str:
    hours, minutes = divmod(-(-wait // timedelta(minutes=1)), 60)
    if not hours:
        return _("in %(minutes)s min") % {"minutes": minutes}
    if not minutes:
        return _("in %(hours)s h") % {"hours": hours}
    return _("in %(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}


def booked_words(made: Appointment, *, names_office: bool) -> str:
    """“Ana Ruiz is booked with Dr Gil at 10:30 and is waiting.” `names_office`: it is not the one
    at whose desk she stands."""
    said = {
        "patient": made.patient.name,
        "doctor": made.doctor.name,
        "time": f"{made.starts_at.astimezone(made.office.zone):%H:%M}",
        "office": made.office.name,
    }
    if names_office:
        text = _("%(patient)s is booked with %(doctor)s at %(time)s at %(office)s.")
    elif made.state == AppointmentState.ARRIVED:
        text = _("%(patient)s is booked with %(doctor)s at %(time)s and is waiting.")
    else:
        text = _("%(patient)s is booked with %(doctor)s at %(time)s.")
    return text % said
