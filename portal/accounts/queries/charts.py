"""Finding the chart that the desk keeps, and the account that belongs to it (requirement A09)."""

from allauth.account.models import EmailAddress
from django.db.models import Q

from portal.enums import Role, UserState
from portal.models import Patient, PatientPhone, User


def chart_of_contact(contact: str) -> Patient | None:
    """The one chart without a login that has this email address or phone number (E.164) on file.

    None if there are several, as in a family that shares a phone. Deceased patients are left out.
    One query, whatever it finds.
    """
    if "@" in contact:
        has_it = Q(email=contact.lower())
    else:
        further = PatientPhone.objects.filter(number=contact).values("patient")
        has_it = Q(phone=contact) | Q(pk__in=further)
    charts = Patient.objects.listed().filter(has_it, user=None, deceased_on=None)
    found = list(charts.order_by("pk")[:2])
    return found[0] if len(found) == 1 else None


def account_of(email: str) -> User | None:
    """The active patient with exactly this confirmed email address, with their own chart. At most
    two queries."""
    address = email.strip().lower()
    confirmed = EmailAddress.objects.filter(email=address, verified=True).values("user")
    found = User.objects.filter(
        pk__in=confirmed, email__iexact=address, role=Role.PATIENT, state=UserState.ACTIVE
    )
    return found.select_related("patient").first()
