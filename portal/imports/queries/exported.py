"""The contact data of patients that the clinic may export (requirement A18)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from portal.database.phones import plain_phone
from portal.models import GONE, Appointment, Doctor, Office, Patient

# One column each; names by which an import knows them again.
HEADER = (
    *(_("Number"), _("Full name"), _("Date of birth"), _("Gender"), _("Phone"), _("Address")),
    *(_("Emergency contact"), _("Emergency phone")),
)
CHUNK_ROWS = 2000


def exported(
    *, office: Office | None = None, doctor: Doctor | None = None, since: date | None = None
) -> QuerySet[Patient]:
    """By id. `since` is a date at `office`, or in UTC. Costs no query by itself."""
    patients = Patient.objects.listed().order_by("pk")
    if not (office or doctor or since):
        return patients
    visits = Appointment.objects.filter(patient=OuterRef("pk")).exclude(state__in=GONE)
    if office:
        visits = visits.filter(office=office)
    if doctor:
        visits = visits.filter(doctor=doctor)
    if since:
        zone = office.zone if office else UTC
        visits = visits.filter(starts_at__gte=datetime.combine(since, time(), zone))
    return patients.filter(Exists(visits))


def rows_of(patients: QuerySet[Patient]) -> Iterator[list[str]]:
    """The cells of each patient: one query, read as they are taken."""
    found = patients.values_list(
        *("pk", "name", "date_of_birth", "gender", plain_phone("phone"), "address"),
        *("emergency_contact", plain_phone("emergency_phone")),
    )
    for row in found.iterator(CHUNK_ROWS):
        yield ["" if value is None else str(value) for value in row]
