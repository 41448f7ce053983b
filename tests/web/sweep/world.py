"""One of everything, and who opens pages about it."""

import uuid
from datetime import time

from allauth.mfa.models import Authenticator
from django.test import Client

from portal.accounts.services.invitations import token
from portal.models import AuditEvent, Holiday, Series, TimeOff, WeeklyHours
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    AssistantFactory,
    BroadcastFactory,
    DoctorFactory,
    InvitationFactory,
    NotificationFactory,
    OfferFactory,
    PatientFactory,
    PatientImportFactory,
    PatientMergeFactory,
    SignedNoteFactory,
    SlotFactory,
    UserFactory,
    WaitFactory,
    in_days,
    own_data_of,
)
from tests.setups.attendance import attendance_token
from tests.setups.in_use import stay_signed_in


class World:
    def __init__(self):
        self.doctor, self.patient = DoctorFactory(), PatientFactory()
        self.phoned_in = PatientFactory(user=None)
        self.colleague = DoctorFactory(office=self.doctor.office, specialty=self.doctor.specialty)
        self.office = self.doctor.office
        own = {"doctor": self.doctor, "patient": self.patient}
        self.slot = SlotFactory(doctor=self.doctor, starts_at=in_days(2))
        self.appointment = AppointmentFactory(**own)
        self.request = AppointmentFactory(**own, starts_at=in_days(4), state="requested")
        self.notification = NotificationFactory(appointment=self.appointment)
        self.broadcast = BroadcastFactory()
        self.upload = PatientImportFactory()
        self.own = own_data_of(self.patient.user)
        self.holiday = Holiday.objects.create(office=self.office, day=in_days(9), name="Feast")
        self.hours = WeeklyHours.objects.create(
            doctor=self.doctor,
            office=self.office,
            weekday=0,
            starts=time(9),
            ends=time(13),
            valid_from=in_days(0).date(),
        )
        self.passkey = Authenticator.objects.create(
            user=UserFactory(), type="webauthn", data={"name": "Key"}
        )
        self.wait = WaitFactory(**own)
        offered = SlotFactory(doctor=self.doctor, starts_at=in_days(5), state="offered")
        self.offer = OfferFactory(slot=offered, wait=self.wait)
        self.time_off = TimeOff.objects.create(
            doctor=self.doctor, starts_at=in_days(40), ends_at=in_days(41)
        )
        self.person, self.invitation = AssistantFactory().user, InvitationFactory()
        visit = AppointmentFactory(**own, starts_at=in_days(8))
        self.note = self.correction = SignedNoteFactory(note__appointment=visit).note
        self.template = self.doctor.note_templates.create(name="Check-up", plan="Rest")
        self._make_series()
        others = {"doctor": self.doctor, "starts_at": in_days(6)}
        self.taken = AppointmentFactory(**others).slot

    def _make_series(self):
        """Of which the appointment is one."""
        series = Series.objects.create(patient=self.patient, every_days=7, made_by=self.doctor.user)
        self.appointment.series = series
        self.appointment.save()

    def clients(self) -> dict[str, Client]:
        users = {
            "doctor": self.doctor.user,
            "patient": self.patient.user,
            "assistant": AssistantFactory(offices=[self.office]).user,
            "admin": AdminFactory(),
        }
        clients = {role: Client(raise_request_exception=False) for role in ("visitor", *users)}
        for role, user in users.items():
            clients[role].force_login(user)
            stay_signed_in(clients[role])
        return clients

    def arguments(self, name: str, wanted: set[str]) -> dict:
        """For the path of a URL that has parts with these names."""
        day = in_days(3).date()
        special = {
            "invitation": {"token": token(self.invitation)},
            "attendance": {"token": attendance_token(self.appointment)},
            "appointment-mark": {"pk": self.appointment.pk, "verb": "arrive"},
        }
        if name in special:
            return special[name]
        found = {"day": day, "token": "no-such", "key": "no-such", "uidb36": "1", "verb": "no"}
        found["pk"] = self._thing(name).pk
        return {part: found.get(part, "1") for part in wanted}

    def further_steps(self, name: str) -> list[tuple[dict, dict]]:
        """The query and the form of steps that lie behind the first page of a URL."""
        settled = self.appointment
        away = in_days(1).date().isoformat()
        steps = {
            "wait-new": ({}, {"slot": self.taken.pk, "reason": "Knee", "patient": self.patient.pk}),
            "time-off-new": (
                {"first": away, "last": away},
                {
                    "seen": f"{settled.pk}:{settled.version}",
                    f"do-{settled.pk}": "cancel",
                    f"message-{settled.pk}": "Away",
                    "note": "Holiday",
                },
            ),
            "manage-doctor-withdraw": (
                {},
                {
                    "seen": f"{settled.pk}:{settled.version}",
                    f"do-{settled.pk}": "hand",
                    f"to-{settled.pk}": self.colleague.pk,
                    "reason": "Left",
                },
            ),
            "slot-book": (
                {},
                {"reason": "Knee", "patient": self.patient.pk, "token": uuid.uuid4()},
            ),
            "patient-merge": (
                {"other": str(self.phoned_in.pk)},
                {"stays": "left", "take-phone": "right", "reason": "Twice", "confirmed": "1"},
            ),
            "series-new": (
                {},
                {
                    "doctor": self.doctor.pk,
                    "day": away,
                    "wall": "10:00",
                    "every_weeks": 1,
                    "times": 3,
                    "reason": "Course",
                },
            ),
        }
        if name not in steps:
            return []
        query, fields = steps[name]
        return [(query, {key: str(value) for key, value in fields.items()})]

    def _thing(self, name: str):
        noun = name.split("-")[0]
        if name.startswith("mfa_"):
            return self.passkey
        by_name = {
            "time-off-end": self.time_off,
            "note-write": self.appointment,
            "note-draft": self.appointment,
            "note-template": self.template,
            "note-template-delete": self.template,
            "manage-person": self.person,
            "series-new": self.patient,
            "patient-link": self.phoned_in,
            "merge-take-back": PatientMergeFactory(),
            "series-cancel": self.appointment,
            "manage-person-factor": self.patient.user,
            "manage-audit-event": AuditEvent.objects.create(
                verb="x", object_type="user", object_id=1
            ),
            "manage-message": self.notification,
            "manage-message-retry": self.notification,
            "import": self.upload,
            "import-columns": self.upload,
            "import-duplicates": PatientImportFactory(state="checked"),
            "import-run": self.upload,
            "import-dismiss": self.upload,
            "import-refused": self.upload,
            "manage-broadcast": self.broadcast,
            "manage-broadcast-spread": self.broadcast,
            "manage-office": self.office,
            "manage-office-close": self.office,
            "manage-office-reopen": self.office,
            "manage-specialty": self.doctor.specialty,
            "manage-specialty-close": self.doctor.specialty,
            "manage-specialty-reopen": self.doctor.specialty,
        }
        return by_name.get(name) or getattr(self, noun, self.doctor)
