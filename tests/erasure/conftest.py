"""A person of whom something is held in every table."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from portal.appointments.services import appointments
from portal.enums import Audience
from portal.erasure.services import asking, erasing
from portal.models import (
    CalendarFeed,
    ErasureRequest,
    ImportRow,
    KnownAddress,
    LinkCode,
    Patient,
    PatientOrigin,
    PatientPhone,
    Review,
)
from portal.notifications.services.notifications import tell
from portal.people.queries.patient_data import as_seen
from portal.people.services import patient_changes
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    BroadcastFactory,
    NotificationFactory,
    PatientFactory,
    PatientImportFactory,
    PatientMergeFactory,
    WaitFactory,
    in_days,
    own_data_of,
)

CANARY = "Canary"  # is in every text about the person
PHONES = ("34611222333", "34611222444", "34611222555")
MAIL = "canary@example.net"


def fill(patient: Patient, doctor) -> Patient:
    """Everything that the portal can hold of a person, each text with CANARY."""
    admin, user = AdminFactory(), patient.user
    Patient.objects.filter(pk=patient.pk).update(
        name="Canary Núñez",
        search_name="canary nunez",
        phone=f"+{PHONES[0]}",
        email=MAIL,
        address="Canary Street 1",
        gender="female",
        date_of_birth=date(1980, 5, 17),
        emergency_contact="Canary’s sister",
        emergency_phone=f"+{PHONES[1]}",
        language="es",
        desk_note="Canary is hard of hearing",
    )
    if user:
        user.name, user.username, user.email = "Canary Núñez", "canary", MAIL
        user.last_login, user.switched_off = timezone.now(), "reminder:email"
        user.save()
        _account(user)
    patient.refresh_from_db()
    _visits(patient, doctor)
    _desk(patient, admin)
    _messages(patient, user, admin)
    _file(patient, admin)
    Patient.objects.filter(pk=patient.pk).update(
        form_token=uuid4(), is_not_written_to=True, deceased_on=date(2025, 1, 2)
    )
    return Patient.objects.select_related("user").get(pk=patient.pk)


def _account(user) -> None:
    address = EmailAddress.objects.get(user=user)
    EmailAddress.objects.filter(pk=address.pk).update(email=MAIL)
    EmailConfirmation.objects.create(email_address=address, key="canary-key")
    EmailAddress.objects.create(user=user, email="second-canary@example.net")
    Authenticator.objects.create(user=user, type="totp", data={"secret": "canary"})
    KnownAddress.objects.create(user=user, digest="canary", seen_at=timezone.now())
    CalendarFeed.objects.create(user=user, nonce="canary-nonce")
    LinkCode.objects.create(user=user, digest="canary", ends_at=timezone.now())
    session = SessionStore()
    session["late"] = "canary"
    session.save()
    UserSession.objects.create(
        user=user, ip="192.0.2.99", user_agent="CanaryFox", session_key=session.session_key
    )
    own_data_of(user).__class__.objects.filter(user=user).update(
        as_json=b"canary", as_pdf=b"canary"
    )
    tell("second_factor_reset", about=user, by=AdminFactory())


def _visits(patient, doctor) -> None:
    own = {"patient": patient, "doctor": doctor}
    by = patient.user or AdminFactory()
    cancelled = AppointmentFactory(**own, starts_at=in_days(5), reason="Canary knee")
    appointments.cancel(cancelled, by=by, reason="other", comment="Canary comment")
    done = AppointmentFactory(
        **own, starts_at=in_days(-3), state="completed", reason="Canary pain", fee_cents=4200
    )
    done.form_token = uuid4()
    done.save()
    done.slot.note, done.slot.is_extra = "Canary pain", True
    done.slot.save()
    Review.objects.create(appointment=done, doctor=doctor, comment="Canary liked it", rating=4)
    NotificationFactory(appointment=done)
    WaitFactory(**own, reason="Canary wants sooner", state="left")


def _desk(patient, admin) -> None:
    PatientPhone.objects.create(patient=patient, label="Canary at work", number=f"+{PHONES[2]}")
    patient_changes.update(
        patient,
        seen=as_seen(patient),
        further_phones=[(one.label, one.number) for one in patient.further_phones.all()],
        desk_note="Canary is hard of hearing, and shy",
        by=admin,
    )
    gone = PatientFactory(
        user=None, name="Canary Nunez", address="Canary Road 2", date_of_birth=None
    )
    merge = PatientMergeFactory(kept=patient, gone=gone, reason="Canary twice")
    merge.before, merge.after = {"address": "Canary Road 2"}, {"address": "Canary Street 1"}
    merge.added_phones = [7]
    merge.save()
    gone.birth_year_about = 1980
    gone.merged_into = patient
    gone.save()


def _messages(patient, user, admin) -> None:
    NotificationFactory(
        event="patient_changed",
        state="failed",
        user=user,
        patient=patient,
        appointment=None,
        facts={"what": ["canary"], "for": "patient"},
        address=MAIL,
        answer=f"250 accepted for {MAIL}",
        provider_id="canary-77",
    )
    if user:
        BroadcastFactory(
            by=admin, audience=Audience.USER, user=user, title="Dear Canary", text="Canary, call us"
        )


def _file(patient, admin) -> None:
    upload = PatientImportFactory(state="done", content=b"", source="Old")
    PatientOrigin.objects.create(
        patient=patient, upload=upload, source="Old", number="canary-9", digest="canary"
    )
    rows = {
        2: ["Nunez, Canary", "17.5.1980", "?"],
        3: ["Canary Núñez", "", "611 222 333"],
        4: ["Somebody", MAIL, ""],
        5: ["Somebody else", "canary-9", ""],
    }
    for number, cells in rows.items():
        ImportRow.objects.create(
            upload=upload, number=number, cells=cells, outcome="refused", digest="canary"
        )


def due(patient: Patient, *, by=None) -> ErasureRequest:
    """A request whose waiting time is over; its last mail is written and needs no more waiting."""
    by = by or patient.user or AdminFactory()
    seen = [one.pk for one in asking.leaving.coming_of(patient)]
    made = asking.ask(patient, seen=seen, reason="Canary’s letter", by=by)
    make_due(made)
    return made


def make_due(request: ErasureRequest) -> None:
    ErasureRequest.objects.filter(pk=request.pk).update(
        due_on=date(2020, 1, 1), told_at=timezone.now() - timedelta(days=2)
    )


def run() -> int:
    return erasing.run_due(by=None)


@pytest.fixture
def full(patient, doctor):
    return fill(patient, doctor)


@pytest.fixture
def erased(full):
    due(full)
    assert run() == 1
    full.refresh_from_db()
    return full
