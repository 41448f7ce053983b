"""Finding the patient whom a user asks for access (requirement A14)."""

from datetime import date

from django.db.models import Q

from portal.models import Patient
from portal.models.names import fold


def patient_of(*, name: str, born: date, email: str) -> Patient | None:
    """The one living patient with this name, date of birth and email address, on file or of their
    account; None if there is none or are several. One query."""
    has_address = Q(email=email) | Q(user__email__iexact=email)
    found = Patient.objects.listed().filter(
        has_address, search_name=fold(name), date_of_birth=born, deceased_on=None
    )
    both = list(found.select_related("user").order_by("pk")[:2])
    return both[0] if len(both) == 1 else None
