"""One clinic for all cells of the tables: two offices, people of every role, things of each kind.

Of each kind there is one of one's own, one of another person at the same office, one at another
office, and one that does not exist. “Own” is seen from the patient, the doctor and the office that
the roles `patient`, `doctor` and `assistant` stand for.
"""

import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import time as clock_time

from allauth.mfa.models import Authenticator
from django.test import Client

from portal.enums import DoctorState, ProxyState, Role, Scope, SlotState, UserState
from portal.models import (
    AuditEvent,
    BulkChange,
    Correction,
    Holiday,
    NoteTemplate,
    PatientMerge,
    TimeOff,
    WeeklyHours,
)
from tests.accounts.factors import has_proved
from tests.factories import (
    AdminFactory,
    AppointmentFactory,
    AssistantFactory,
    BroadcastFactory,
    DoctorFactory,
    EncounterNoteFactory,
    ErasureRequestFactory,
    InvitationFactory,
    NotificationFactory,
    OfferFactory,
    OfficeFactory,
    PatientFactory,
    PatientImportFactory,
    ProxyAccessFactory,
    SignedNoteFactory,
    SlotFactory,
    UserFactory,
    WaitFactory,
    in_days,
    own_data_of,
)
from tests.setups.in_use import A_DAY_S, stay_signed_in

WHOSE = ("own", "person", "office", "missing")
ROLES = (
    "visitor",
    "patient",
    "other-patient",
    "doctor",
    "waiting-doctor",
    "other-doctor",
    "assistant",
    "assistant-elsewhere",
    "assistant-of-all",
    "admin",
    "blocked",
    "doctor-without-factor",
    "assistant-without-factor",
    "admin-without-factor",
)
WITHOUT_FACTOR = ROLES[-3:]  # have to set up a second factor first
# Users who look after the same child (A14): what they may do, and how their access stands.
PROXIES = {
    "proxy": (Scope.APPOINTMENTS, ProxyState.OPEN),
    "proxy-in-messages": (Scope.MESSAGES, ProxyState.OPEN),
    "proxy-in-records": (Scope.RECORDS, ProxyState.OPEN),
    "proxy-in-money": (Scope.MONEY, ProxyState.OPEN),
    "proxy-offered": (Scope.APPOINTMENTS, ProxyState.OFFERED),
    "proxy-asked": (Scope.APPOINTMENTS, ProxyState.ASKED),
    "proxy-paused": (Scope.APPOINTMENTS, ProxyState.PAUSED),
    "proxy-ended": (Scope.APPOINTMENTS, ProxyState.ENDED),
}
MISSING = 987654321
CANARY = "Canary"  # in whatever is foreign and nobody else's business


def _of_note(values: dict) -> dict:
    """The same, of the note of a SignedNoteFactory."""
    return {f"note__{name}": value for name, value in values.items()}


@dataclass
class Owner:
    """Whose a thing is: a doctor with a patient at an office; `keeper`: in whose diary it lies."""

    doctor: object
    patient: object
    office: object
    first_day: int  # from today: each owner has days of their own
    keeper: object = None
    things: dict = field(default_factory=dict)


class World:
    def __init__(self):
        self.clinical = defaultdict(set)  # the texts of notes that a user may read
        self.here, self.there = OfficeFactory(), OfficeFactory(name="Far office")
        doctor, patient = DoctorFactory(office=self.here), PatientFactory()
        other_doctor = DoctorFactory(office=self.here, name=f"Dr {CANARY} Colleague")
        other_patient = PatientFactory(name=f"{CANARY} Person")
        self.far_doctor = DoctorFactory(office=self.there, name=f"Dr {CANARY} Far")
        self.waiting_doctor = DoctorFactory(
            office=self.here, name=f"Dr {CANARY} Waiting", state=DoctorState.PENDING
        )
        self.twin = PatientFactory(user=None)  # of any patient, to be compared
        self.people = self._people(doctor, patient, other_doctor, other_patient)
        self.owners = {
            "own": Owner(doctor, patient, self.here, 2),
            "person": Owner(other_doctor, other_patient, self.here, 22),
            "office": Owner(doctor, patient, self.there, 42, keeper=self.far_doctor),
        }
        for owner in self.owners.values():
            self._fill(owner)
        self._far_patient()
        self._hidden_slots()
        self._household(doctor)

    def _people(self, doctor, patient, other_doctor, other_patient) -> dict:
        blocked = AdminFactory()
        return {
            "patient": patient.user,
            "other-patient": other_patient.user,
            "doctor": doctor.user,
            "waiting-doctor": self.waiting_doctor.user,
            "other-doctor": other_doctor.user,
            "assistant": AssistantFactory(offices=[self.here]).user,
            "assistant-elsewhere": AssistantFactory(offices=[self.there]).user,
            "assistant-of-all": AssistantFactory(all_offices=True).user,
            "admin": AdminFactory(),
            "blocked": blocked,
            "doctor-without-factor": DoctorFactory(office=self.here).user,
            "assistant-without-factor": AssistantFactory(all_offices=True).user,
            "admin-without-factor": AdminFactory(),
        }

    def _fill(self, owner: Owner) -> None:
        """A thing of each kind, each on a day of its own."""
        whose = {"doctor": owner.doctor, "office": owner.office}
        days = iter(range(owner.first_day, owner.first_day + 20))

        def slot(**values):
            note = f"{CANARY} note-{owner.first_day}"
            return SlotFactory(**whose, starts_at=in_days(next(days)), note=note, **values)

        def appointment(**values):
            return AppointmentFactory(
                **whose, patient=owner.patient, starts_at=in_days(next(days)), **values
            )

        keeper = owner.keeper or owner.doctor
        things = {
            "slot": slot(),
            "second-slot": slot(),
            "appointment": appointment(reason=f"{CANARY} reason-{owner.first_day}"),
            "request": appointment(state="requested", answer_by=in_days(1)),
            "doctor": keeper,
            "office": owner.office,
            "patient": owner.patient,
            "wait": self._wait(owner),
            "hours": _morning(whose),
            "time-off": TimeOff.objects.create(
                doctor=keeper,
                starts_at=in_days(70),
                ends_at=in_days(71),
                note=f"{CANARY} away-{owner.first_day}",
            ),
            "bulk-change": BulkChange.objects.create(
                **whose, kind="copy_day", made_by=owner.doctor.user
            ),
            "user": owner.patient.user,
            "invitation": InvitationFactory(),
            "broadcast": BroadcastFactory(role=Role.DOCTOR),
            "import": PatientImportFactory(made_by=owner.doctor.user, state="checked"),
            "own-data": own_data_of(owner.patient.user),
            "erasure": ErasureRequestFactory(),
            "audit-event": AuditEvent.objects.create(verb="x", object_type="user", object_id=1),
            "waiting-doctor": self.waiting_doctor,
            "holiday": self._holiday(owner),
            "specialty": owner.doctor.specialty,
            "merge": self._merge(),
            "passkey": Authenticator.objects.create(
                user=UserFactory(), type="webauthn", data={"name": f"{CANARY} key"}
            ),
        }
        things["merged-patient"] = things["merge"].gone
        things["taken-slot"] = things["appointment"].slot
        things["message"] = NotificationFactory(appointment=things["appointment"])
        offered = slot(state=SlotState.OFFERED)
        things["offer"] = OfferFactory(slot=offered, wait=things["wait"])
        things |= self._notes(owner, *(appointment() for _ in range(3)))
        owner.things = things | self._accesses(owner.patient)

    def _notes(self, owner: Owner, signed, held, draft) -> dict:
        """Of three appointments: one that the patient reads, one held back, and one not signed."""
        hold = {"held_until": in_days(60), "held_reason": f"{CANARY} why-{owner.first_day}"}
        text = f"{CANARY} finding-{owner.first_day}"
        of_both, of_doctors = {text, f"{text}-wrong"}, {f"{text}-held", f"{text}-draft"}
        self.clinical[owner.doctor.user] |= of_both | of_doctors | {hold["held_reason"]}
        self.clinical[owner.patient.user] |= of_both
        note = SignedNoteFactory(note__appointment=signed, note__complaint=text).note
        Correction.objects.create(note=note, text=f"{text}-wrong", asked_by=self.people["patient"])
        name = f"{CANARY} template-{owner.first_day}"
        return {
            "note": note,
            "note-template": NoteTemplate.objects.create(doctor=owner.doctor, name=name, plan="x"),
            "held-note": SignedNoteFactory(
                note__appointment=held, note__complaint=f"{text}-held", **_of_note(hold)
            ).note,
            "draft-note": EncounterNoteFactory(appointment=draft, complaint=f"{text}-draft"),
        }

    def _accesses(self, patient) -> dict:
        """To the patient's chart, one in each state in which it is answered or changed."""
        asked = {"state": ProxyState.ASKED, "expires_at": in_days(7)}
        offered = {"state": ProxyState.OFFERED, "expires_at": in_days(7), "user": None}
        admin, email = self.people["admin"], patient.user.email
        return {
            "access": ProxyAccessFactory(patient=patient),
            "asked": ProxyAccessFactory(patient=patient, **asked),
            "offered": ProxyAccessFactory(email=email, made_by=admin, **offered),
        }

    def _household(self, doctor) -> None:
        """A child, and the users who look after them, each with things of their own."""
        child = PatientFactory(name=f"{CANARY} Child", user=None)
        self._fill_of_patient("child", child, doctor, first_day=3)
        self.accesses = {}
        for number, (role, (scope, state)) in enumerate(PROXIES.items(), start=1):
            own = PatientFactory(name=f"Own of {role}")
            self.people[role] = own.user
            self._fill_of_patient(role, own, doctor, first_day=3 + 3 * number)
            values = {one: one == scope for one in Scope}
            if state == ProxyState.OFFERED:
                values |= {"user": None, "email": own.user.email, "made_by": own.user}
            else:
                values["user"] = own.user
            self.accesses[role] = ProxyAccessFactory(patient=child, state=state, **values)
        self.clinical[self.people["proxy-in-records"]] |= self.clinical[None]  # the child's

    def _fill_of_patient(self, whose: str, patient, doctor, *, first_day: int) -> None:
        """What has to do with a patient, each on a day of its own."""
        owner = Owner(doctor, patient, self.here, first_day)
        values = {"patient": patient, "doctor": doctor, "office": self.here}
        wait = self._wait(owner)
        offered = SlotFactory(
            doctor=doctor,
            office=self.here,
            starts_at=in_days(first_day, hour=17),
            state=SlotState.OFFERED,
        )
        days = iter(range(first_day + 80, first_day + 83))
        visits = [
            AppointmentFactory(starts_at=in_days(next(days), hour=18), **values) for _ in range(3)
        ]
        owner.things = self._notes(owner, *visits) | {
            "patient": patient,
            "wait": wait,
            "offer": OfferFactory(slot=offered, wait=wait),
            "appointment": AppointmentFactory(starts_at=in_days(first_day + 1, hour=17), **values),
            "request": AppointmentFactory(
                starts_at=in_days(first_day + 2, hour=17),
                state="requested",
                answer_by=in_days(1),
                **values,
            ),
        }
        self.owners[whose] = owner

    def _wait(self, owner: Owner):
        if owner.keeper:
            return WaitFactory(patient=owner.patient, doctor=None, office=owner.office)
        return WaitFactory(patient=owner.patient, doctor=owner.doctor)

    def _merge(self) -> PatientMerge:
        kept = PatientFactory(user=None)
        gone = PatientFactory(user=None, name=f"{CANARY} Gone", merged_into=kept)
        return PatientMerge.objects.create(kept=kept, gone=gone, by=self.people["admin"])

    def _holiday(self, owner: Owner):
        return Holiday.objects.create(
            office=owner.office,
            day=in_days(owner.first_day + 80).date(),
            name=f"{CANARY} holiday-{owner.first_day}",
        )

    def _far_patient(self) -> None:
        """Somebody who has been at the other office only."""
        far = AppointmentFactory(doctor=self.far_doctor, starts_at=in_days(63))
        far.patient.name = f"{CANARY} Far"
        far.patient.save()
        self.owners["office"].things["patient"] = far.patient
        self.far_appointment = far

    def _hidden_slots(self) -> None:
        """Times that the list never shows to patients: for the desk only, or of a doctor who waits
        for approval."""
        waiting = SlotFactory(doctor=self.waiting_doctor, starts_at=in_days(3))
        for whose, owner in self.owners.items():
            only = SlotFactory(
                doctor=owner.doctor,
                office=owner.office,
                starts_at=in_days(owner.first_day, hour=15),
                audience="desk",
                released_at=None,
            )
            owner.things["desk-slot"] = only
            owner.things["hidden-slot"] = waiting if whose == "person" else only

    def clinical_for(self, role: str) -> set[str]:
        return self.clinical[self.people[role]] if role in self.people else set()

    def thing(self, kind: str, whose: str) -> int:
        """The id of one of that kind."""
        return MISSING if whose == "missing" else self.owners[whose].things[kind].pk

    def clients(self) -> dict[str, Client]:
        """A signed-in client for each role and each proxy; the blocked one was signed in before.
        Staff have used their second factor yesterday, so pages that ask for it anew do so."""
        made = {role: Client() for role in (*ROLES, *PROXIES)}
        for role, user in self.people.items():
            made[role].force_login(user)
            if role not in WITHOUT_FACTOR:
                has_proved(made[role], user, at=time.time() - A_DAY_S)
            stay_signed_in(made[role])
        blocked = self.people["blocked"]
        blocked.state = UserState.BLOCKED
        blocked.save()
        return made


def _morning(whose: dict) -> WeeklyHours:
    times = {"starts": clock_time(9), "ends": clock_time(13)}
    return WeeklyHours.objects.create(**whose, weekday=0, valid_from=in_days(0).date(), **times)
