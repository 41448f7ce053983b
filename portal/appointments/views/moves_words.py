"""How often an appointment can still be moved online, as a text (requirement B12)."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.models import Appointment, ClinicSettings


def moves_said(
    appointment: Appointment, *, user, settings: ClinicSettings, is_moving: bool = False
) -> str:
    """For the patient of a confirmed appointment that was moved before, cannot be moved, or
    `is_moving`; "" in all other cases. No query."""
    if not user.is_patient or not appointment.can("reschedule") or appointment.has_started:
        return ""
    left = settings.max_moves - appointment.moves
    if left > 0:
        if not appointment.moves and not is_moving:
            return ""
        words = ngettext(
            "You can move it online %(left)s more time.",
            "You can move it online %(left)s more times.",
            left,
        )
        return words % {"left": left}
    phone = {"phone": appointment.office.phone, "count": appointment.moves}
    if not appointment.moves:
        return _("It cannot be moved online. To move it, please call %(phone)s.") % phone
    words = ngettext(
        "Moved once, which is as often as possible online. To move it again, please call "
        "%(phone)s.",
        "Moved %(count)s times, which is as often as possible online. To move it again, please "
        "call %(phone)s.",
        appointment.moves,
    )
    return words % phone
