"""The lines of the list of people, as finished text."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.queries.people import PersonRow
from portal.enums import DoctorState, InvitationState, Role, UserState
from portal.models import Invitation, Office
from portal.notifications.rows.manage_lines import moment


@dataclass(slots=True)
class PersonLine:
    url: str
    name: str
    email: str
    role: str
    offices: str
    last: str
    state: str
    label: str


def lines(rows: Iterable[PersonRow], clock: Office | None) -> list[PersonLine]:
    states = dict(UserState.choices)
    page = reverse("manage-person", args=[0])
    return [
        PersonLine(
            url=page.replace("0", str(row.pk)),
            name=row.name,
            email=row.email,
            role=_role(row),
            offices=_offices(row),
            last=moment(row.last_login, clock, "j M Y, H:i") or _("Never"),
            state=row.state,
            label=str(states[row.state]),
        )
        for row in rows
    ]


def offices_of_invitation(invitation: Invitation) -> str:
    if invitation.office:
        return invitation.office.name
    if invitation.all_offices:
        return _("All offices")
    return ", ".join(office.name for office in invitation.offices.all())


def invitation_lines(rows: Iterable[Invitation], clock: Office | None) -> list[dict]:
    return [
        {
            "pk": row.pk,
            "name": row.name,
            "email": row.email,
            "role": row.get_role_display(),
            "offices": offices_of_invitation(row),
            "by": row.invited_by.name,
            "until": moment(row.expires_at, clock, "j F Y, H:i"),
            "state": row.state.value,
            "label": row.state.label,
            "is_expired": row.state == InvitationState.EXPIRED,
        }
        for row in rows
    ]


def _role(row: PersonRow) -> str:
    """“Doctor, waiting for approval”: such an account may be active, and nobody books them."""
    role = str(Role(row.role).label)
    if row.approval in (None, DoctorState.APPROVED):
        return role
    return f"{role}, {str(DoctorState(row.approval).label).lower()}"


def _offices(row: PersonRow) -> str:
    if row.works_everywhere:
        return _("All offices")
    return row.office or ", ".join(row.offices or [])
