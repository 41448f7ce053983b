"""A patient with something in every section."""

import pytest

from portal.appointments.services import appointments
from portal.models import CalendarFeed, Correction, PatientOrigin, PatientPhone
from tests.factories import (
    PASSWORD,
    AppointmentFactory,
    ErasureRequestFactory,
    NotificationFactory,
    OfferFactory,
    PatientImportFactory,
    ProxyAccessFactory,
    ReviewFactory,
    SignedNoteFactory,
    WaitFactory,
    in_days,
)


def fill(patient, doctor, *, appointments_each: int = 1) -> None:
    """Appointments of three states, a request, and the other things."""
    own = {"patient": patient, "doctor": doctor}
    for n in range(appointments_each):
        first = 5 + 4 * n
        cancelled = AppointmentFactory(**own, starts_at=in_days(first), reason="*knee* #pain $x$")
        appointments.cancel(cancelled, by=patient.user, reason="health")
        AppointmentFactory(**own, starts_at=in_days(first + 1), state="requested")
        done = AppointmentFactory(**own, starts_at=in_days(first + 2), state="completed")
        signed = SignedNoteFactory(note__appointment=done)
        Correction.objects.create(note=signed.note, text="Wrong side", asked_by=patient.user)
        ReviewFactory(appointment=done, comment="Very kind", rating=4)
        NotificationFactory(appointment=done)
        OfferFactory(wait=WaitFactory(**own, reason="Sooner"))
    ErasureRequestFactory(patient=patient, state="withdrawn", ended_at=in_days(0))
    PatientPhone.objects.create(patient=patient, label="work", number="+34600111333")
    PatientOrigin.objects.create(
        patient=patient, upload=PatientImportFactory(), source="Old system", digest="0" * 64
    )


@pytest.fixture
def full(patient, doctor):
    fill(patient, doctor)
    CalendarFeed.objects.create(user=patient.user, nonce="a-secret")
    ProxyAccessFactory(patient=patient, nonce="an-access-secret")
    return patient


@pytest.fixture
def confirmed(as_patient):
    """The patient has just given the password."""
    as_patient.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return as_patient
