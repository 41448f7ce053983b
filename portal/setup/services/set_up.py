"""The steps of setting up a clinic that are no verbs of other packages (requirement A15)."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.diary.queries.hours_plan import Plan
from portal.diary.services import hours
from portal.enums import Role
from portal.errors import PortalError
from portal.models import ClinicSettings, Doctor, Office, Specialty, User, WeeklyHours, locks
from portal.people.services import staff_doctors
from portal.permissions.authority import demand


@retried
def add_doctor(
    *, email: str, name: str, specialty: Specialty, office: Office, by: User, **values: Any
) -> Doctor:
    """An approved doctor, who gets a mail to choose a password.

    `values` are the other fields of Doctor: licence number, practising since, fee in cents. Locks
    the office, which has to be open. Writes User, EmailAddress, Doctor, AuditEvent and the mail.
    Raises PortalError (the address or the licence number is known, the office or specialty is
    closed), Forbidden. Source: requirement A15.
    """
    with transaction.atomic():
        demand(by, "portal.change_clinic", None)
        office = locks.office(office.pk)
        if User.objects.filter(email__iexact=email).exists():
            raise PortalError(_("That address has an account already."), field="email")
        user = User.objects.create_user(email, None, name=name, role=Role.DOCTOR)
        doctor = staff_doctors.add_approved(
            user, specialty=specialty, office=office, by=by, **values
        )
        audit.record("add_doctor", doctor, by=by)
        _ask_for_password(user)
    return doctor


def add_hours(doctor: Doctor, *, blocks: list[WeeklyHours], by: User) -> Plan:
    """The first weekly hours, without a look at what they change: there is nothing yet to change.

    Locks, writes and raises as `hours.add`. Returns the plan that was carried out.
    """
    plan = hours.add(doctor, blocks=blocks, confirmed=None, by=by)
    return hours.add(doctor, blocks=blocks, confirmed=plan.digest, by=by)


@retried
def finish(*, by: User) -> ClinicSettings:
    """End the set-up: the list of what is missing is not shown any more.

    Locks and writes the settings, with an AuditEvent. Raises Forbidden. Source: requirement A15.
    """
    with transaction.atomic():
        clinic = locks.settings()
        demand(by, "portal.change_clinic", clinic)
        if clinic.set_up_at is None:
            clinic.set_up_at = timezone.now()
            clinic.save(update_fields=["set_up_at"])
            audit.record("finish_set_up", clinic, by=by)
    return clinic


def _ask_for_password(user: User) -> None:
    """The same one-time link as for a forgotten password; it works for an hour, and the mail says
    how to get another."""
    adapter = get_adapter()
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    url = adapter.get_reset_password_from_key_url(key)
    context = {"user": user, "password_reset_url": url}
    adapter.send_mail("account/email/doctor_added", user.email, context)
