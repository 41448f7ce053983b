"""A parent enters a child who is not a patient yet (requirement A14).

Nothing that the clinic knows already is shown: the child gets a chart of its own, and the desk
compares it with the others as usual (patient-duplicates).
"""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.services import attempts
from portal.accounts.services.attempts import Limit
from portal.audit.services import audit
from portal.clock.ages import age_on
from portal.clock.today import today_of_clinic
from portal.database.transactions import retried
from portal.enums import ProxyState, Relation, Scope
from portal.errors import Forbidden, LimitReached, PortalError
from portal.household.services.access import open_up
from portal.models import ClinicSettings, Patient, ProxyAccess, User
from portal.models.names import joined
from portal.people.checks import checked_name

CHILDREN = Limit("children entered by one user", 5, timedelta(days=1))
OF_AGE = 18  # where the clinic reviews at no age


def youngest_adult(settings: ClinicSettings) -> int:
    """The age, in years, from which nobody is entered as a child: the last of the reviews'."""
    return max(settings.review_ages, default=OF_AGE)


@retried
def add(
    *, name: str, born: date, gender: str = "", form_token: UUID | None = None, by: User
) -> ProxyAccess:
    """Enter a child and look after it in everything, until the reviews at the clinic's ages.

    `born` is not later than today at the clinic's first office; `gender` is a value of Gender, or
    "". The access is not checked: it pauses once the desk joins the chart with another, or an
    account with it. A `form_token` that was sent before returns the access that it made. Writes an
    AttemptCount, a Patient, a ProxyAccess, AuditEvents and Notifications. Raises PortalError with
    the field at fault, LimitReached, Forbidden. Source: requirement A14.
    """
    if not by.is_patient:
        raise Forbidden
    child = Patient(
        name=checked_name(name), date_of_birth=born, gender=gender, form_token=form_token
    )
    _check_age(born)
    theirs = by.proxy_accesses.filter(state__in=[ProxyState.OPEN, ProxyState.PAUSED])
    for access in theirs.select_related("patient"):
        if form_token and access.patient.form_token == form_token:
            return access
        if _is_same(access.patient, child):
            text = _("You look after %(name)s already.") % {"name": access.patient.name}
            raise PortalError(text, field="name")
    if not attempts.take(CHILDREN, by.pk):
        raise LimitReached(_("You have entered several children today. Please ask the desk."))
    with transaction.atomic():
        child.save()
        audit.record("create", child, by=by, patient=child, by_parent=True)
        access = ProxyAccess(user=by, patient=child, relation=Relation.CHILD, made_by=by)
        access.allow(list(Scope))
        access.is_checked = False
        return open_up(access, by=by)


def _check_age(born: date) -> None:
    today, adult = today_of_clinic(), youngest_adult(ClinicSettings.current())
    if born > today:
        raise PortalError(_("The date of birth cannot be in the future."), field="born")
    if age_on(today, born=born) >= adult:
        text = _("Only children under %(age)s. For others, ask them or the desk for access.")
        raise PortalError(text % {"age": adult}, field="born")


def _is_same(one: Patient, other: Patient) -> bool:
    return (joined(one.name), one.date_of_birth) == (joined(other.name), other.date_of_birth)
