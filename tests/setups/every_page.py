"""Every page of the portal's map, with an address in the demo clinic and somebody of each role."""

from datetime import time, timedelta

from django.urls import URLPattern, get_resolver
from django.utils import timezone

from portal.accounts.services.invitations import token
from portal.enums import AppointmentState, ProxyState
from portal.household.services import asking
from portal.models import (
    Appointment,
    AuditEvent,
    BulkChange,
    Correction,
    EncounterNote,
    NoteTemplate,
    Offer,
    ProxyAccess,
    TimeOff,
    User,
    WeeklyHours,
)
from portal.notifications.services.preferences import unsubscribe_token
from tests.factories import (
    AppointmentFactory,
    BroadcastFactory,
    InvitationFactory,
    NotificationFactory,
    OfferFactory,
    PatientFactory,
    PatientImportFactory,
    PatientMergeFactory,
    ProxyAccessFactory,
    SignedNoteFactory,
    WaitFactory,
)
from tests.setups.attendance import attendance_token

ONLY_TAKE_FORMS = {
    "manage-doctor-decide",
    "own-photo-remove",
    "hours-exception-drop",
    "calendar-feed-end",
    "calendar-feed-renew",
    "request-accept",
    "requests-seen",
    "slot-remove",
    "appointment-mark",
    "schedule-range",
    "bulk-undo",
    "notifications-read",
    "notification-read",
    "notification-unread",
    "person-offices",
    "person-block",
    "person-email",
    "person-unblock",
    "person-reopen",
    "invitation-resend",
    "invitation-revoke",
    "wait-leave",
    "offer-accept",
    "offer-decline",
    "walk-in-undo",
    "patient-deceased-cancel",
    "patient-distinct",
    "patient-deceased-undo",
    "sms-report",
    "mail-report",
    "manage-audit-export",
    "manage-messages-retry",
    "manage-message-retry",
    "manage-broadcast-spread",
    "import-run",
    "import-dismiss",
    "own-erasure-withdraw",
    "manage-erasure-withdraw",
    "own-data-json",
    "own-data-pdf",
    "import-refused",
    "manage-office-reopen",
    "manage-specialty-reopen",
    "setup-finish",
    "session-stay",
    "late-form-drop",
    "note-draft",
    "note-release",
    "note-template-delete",
    "correction-ask",
    "correction-answer",
}
PARTS_OF_PAGES = {"notifications-bell", "session-state"}
FILES = {
    "appointment-calendar",
    "calendar-feed",
    "doctor-photo",
    "manage-figures-csv",
}
UNTIL_IT_IS_USED = {"first-admin"}  # tests/flows/test_set_up.py visits it


def pages() -> dict[str, str]:
    """URL names and patterns: `schedule-day`, `schedule/<isodate:day>/`."""

    def walk(patterns, prefix=""):
        for one in patterns:
            path = prefix + str(one.pattern)
            if isinstance(one, URLPattern):
                yield one.name, path
            else:
                yield from walk(one.url_patterns, path)

    found = dict(walk(get_resolver().url_patterns))
    return {
        name: path
        for name, path in sorted(found.items())
        if name not in ONLY_TAKE_FORMS | PARTS_OF_PAGES | FILES | UNTIL_IT_IS_USED
    }


def coming_appointment() -> Appointment:
    """One to come, of the demo's patient; its pages and its people's are visited."""
    coming = Appointment.objects.filter(
        patient__user__email="patient@example.com",
        state=AppointmentState.CONFIRMED,
        starts_at__gt=timezone.now(),
    )
    return coming.select_related("doctor__user", "patient__user", "office").latest("starts_at")


def users_of(appointment: Appointment) -> dict[str, User | None]:
    """Somebody of each role who has to do with that appointment."""
    return {
        "visitor": None,
        "patient": appointment.patient.user,
        "doctor": appointment.doctor.user,
        "assistant": User.objects.get(email="assistant@example.com"),
        "admin": User.objects.get(email="admin@example.com"),
    }


def hours_of(doctor) -> WeeklyHours:
    return WeeklyHours.objects.create(
        doctor=doctor,
        office=doctor.office,
        weekday=0,
        starts=time(6),
        ends=time(7),
        valid_from=timezone.now().date(),
    )


def arguments(path: str, appointment: Appointment) -> dict:
    """What stands in the URL of a page; a new kind of argument is added here."""
    open_slots = appointment.doctor.slots.open().filter(starts_at__gt=timezone.now())
    values = {
        "schedule/hours/<int:pk>": ("pk", lambda: hours_of(appointment.doctor).pk),
        "manage/offices/<int:pk>": ("pk", lambda: appointment.office_id),
        "offices/<int:pk>/edit": ("pk", lambda: appointment.doctor.office_id),
        "manage/specialties/<int:pk>": ("pk", lambda: appointment.doctor.specialty_id),
        "slots/<int:pk>": ("pk", lambda: open_slots.latest("starts_at").pk),
        "appointments/<int:pk>": ("pk", lambda: appointment.pk),
        "doctors/<int:pk>": ("pk", lambda: appointment.doctor_id),
        "patients/<int:pk>": ("pk", lambda: appointment.patient_id),
        "patients/<int:pk>/link": ("pk", lambda: PatientFactory(user=None).pk),
        "patients/merges/<int:pk>": ("pk", lambda: PatientMergeFactory().pk),
        "notes/<int:pk>": ("pk", lambda: _note(appointment).pk),
        "notes/templates/<int:pk>": ("pk", lambda: _template(appointment).pk),
        "requests/<int:pk>": ("pk", lambda: _request(appointment).pk),
        "offers/<int:pk>": ("pk", lambda: _offer(appointment).pk),
        "notifications/<int:pk>": ("pk", lambda: NotificationFactory(appointment=appointment).pk),
        "manage/people/<int:pk>": ("pk", lambda: appointment.patient.user_id),
        "manage/audit/<int:pk>": ("pk", lambda: _changed(appointment).pk),
        "manage/messages/<int:pk>": ("pk", lambda: NotificationFactory().pk),
        "manage/imports/<int:pk>": ("pk", lambda: PatientImportFactory(state="checked").pk),
        "manage/imports/<int:pk>/columns": ("pk", lambda: PatientImportFactory().pk),
        "webauthn/keys/<int:pk>": ("pk", lambda: 1),
        "manage/broadcasts/<int:pk>": ("pk", lambda: BroadcastFactory().pk),
        "notifications/unsubscribe/": (
            "token",
            lambda: unsubscribe_token(appointment.patient.user, event="reminder"),
        ),
        "invitations/<str:token>": ("token", lambda: token(InvitationFactory())),
        "attendance/<str:token>": ("token", lambda: attendance_token(appointment)),
        "household/<int:pk>": ("pk", lambda: _access(appointment).pk),
        "household/accept/<str:token>": ("token", lambda: _offered_access(appointment)),
        "household/answer/<str:token>": ("token", lambda: _asked_access(appointment)),
        "schedule/changes/<int:pk>": ("pk", lambda: _bulk_change(appointment).pk),
        "time-off/<int:pk>": ("pk", lambda: _time_off(appointment).pk),
        "manage/settings/<slug:slug>": ("slug", lambda: "booking"),
        "<isodate:day>": ("day", lambda: appointment.starts_at.date()),
        "(?P<key>": ("key", lambda: "a-wrong-key"),
        "(?P<uidb36>": ("uidb36", lambda: "1"),
    }
    return {name: value() for part, (name, value) in values.items() if part in path}


def _note(appointment: Appointment) -> EncounterNote:
    """What the doctor has signed about it, with a correction that is not answered."""
    if note := appointment.encounter_notes.first():
        return note
    note = SignedNoteFactory(note__appointment=appointment).note
    asked_by = appointment.patient.user
    Correction.objects.create(note=note, text="It was the other knee", asked_by=asked_by)
    return note


def _template(appointment: Appointment) -> NoteTemplate:
    return appointment.doctor.note_templates.get_or_create(name="Check-up", plan="Rest")[0]


def _request(appointment: Appointment) -> Appointment:
    """Somebody asks for a time of the same doctor."""
    starts_at = timezone.now() + timedelta(days=200)
    return AppointmentFactory(doctor=appointment.doctor, starts_at=starts_at, state="requested")


def _changed(appointment: Appointment) -> AuditEvent:
    """An event with a value before and one after."""
    return AuditEvent.objects.create(
        verb="transfer",
        object_type="appointment",
        object_id=appointment.pk,
        patient_id=appointment.patient_id,
        changes={"was_doctor": "Dr Ruiz", "doctor_name": appointment.doctor.name},
    )


def _access(appointment: Appointment) -> ProxyAccess:
    """Somebody looks after the patient, and that is to be agreed to again."""
    review_by = timezone.now().date() + timedelta(days=20)
    return ProxyAccessFactory(patient=appointment.patient, review_by=review_by)


def _offered_access(appointment: Appointment) -> str:
    """The link with which the patient is asked to look after somebody."""
    offer = ProxyAccessFactory(
        user=None,
        email=appointment.patient.user.email,
        state=ProxyState.OFFERED,
        made_by=appointment.patient.user,
        expires_at=timezone.now() + timedelta(days=7),
    )
    return asking.token(offer)


def _asked_access(appointment: Appointment) -> str:
    """The link with which the patient is asked whether somebody may look after them."""
    asked = ProxyAccessFactory(
        patient=appointment.patient,
        state=ProxyState.ASKED,
        expires_at=timezone.now() + timedelta(days=7),
    )
    return asking.token(asked)


def _bulk_change(appointment: Appointment) -> BulkChange:
    """A day that the doctor has copied to another, and to one that is closed."""
    counts = {"added": 2, "removed": 1, "kept": 1, "skipped": 1}
    facts = {"source": "2026-03-04", "days": {"2026-03-05": counts}, "closed": {"2026-03-06": "–"}}
    doctor = appointment.doctor
    return BulkChange.objects.create(
        kind="copy_day", doctor=doctor, office=doctor.office, made_by=doctor.user, facts=facts
    )


def _time_off(appointment: Appointment) -> TimeOff:
    """A day of the same doctor's in which nothing is."""
    starts_at = timezone.now() + timedelta(days=300)
    return TimeOff.objects.create(
        doctor=appointment.doctor, starts_at=starts_at, ends_at=starts_at + timedelta(days=1)
    )


def _offer(appointment: Appointment) -> Offer:
    """Of one of the doctor's free times, which comes back when the test's portal ends."""
    slot = appointment.doctor.slots.open().filter(starts_at__gt=timezone.now()).earliest("pk")
    slot.state = "offered"
    slot.save()
    wait = WaitFactory(patient=appointment.patient, doctor=appointment.doctor)
    return OfferFactory(slot=slot, wait=wait)
