"""When a walk-in can be seen, in words (requirement B21)."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from portal.desk.queries.walk_ins import Opening
from portal.enums import AppointmentState
from portal.models import Appointment

NOW = timedelta(minutes=5)  # what begins so soon begins now


def wait_of(opening: Opening, now: datetime) -> str:
    """“in 2 h 10 min”; "" if it begins now, or if nothing is free today."""
    if opening.starts is None or opening.starts - now <= NOW:
        return ""
    return _in(opening.starts - now)


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
