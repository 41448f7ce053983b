"""Things that tests start from. Each factory makes one valid row and what it cannot be without."""

import uuid
from datetime import UTC, date, timedelta

import factory
from django.utils import timezone

from portal.appointments.queries.message_facts import facts_of
from portal.enums import (
    AppointmentState,
    Audience,
    Channel,
    DoctorState,
    NoteState,
    NotificationState,
    ProxyState,
    Relation,
    Role,
    SlotState,
)
from portal.models import (
    HOLDING,
    Appointment,
    Assistant,
    Broadcast,
    Doctor,
    EncounterNote,
    ErasureRequest,
    Invitation,
    Notification,
    Offer,
    Office,
    OwnDataExport,
    Patient,
    PatientImport,
    PatientMerge,
    ProxyAccess,
    Review,
    SignedNote,
    Slot,
    Specialty,
    User,
    Wait,
)

PASSWORD = "correct-horse-battery"


def in_days(days: int, hour: int = 10, minute: int = 0):
    """That hour (UTC) so many days from today."""
    day = timezone.now().astimezone(UTC) + timedelta(days=days)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


class UserFactory(factory.django.DjangoModelFactory):
    """A login without a profile; its password is PASSWORD and its address is confirmed."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"user{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = PASSWORD

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return model_class.objects.create_user(*args, **kwargs)


class AdminFactory(UserFactory):
    role = Role.ADMIN


class OfficeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Office

    name = factory.Sequence(lambda n: f"Office {n}")
    address = "1 Harbour Street"
    phone = "+34910000001"
    time_zone = "Europe/Madrid"


class SpecialtyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Specialty

    name = factory.Sequence(lambda n: f"Specialty {n}")


class DoctorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Doctor

    name = factory.Sequence(lambda n: f"Dr Doctor {n}")
    user = factory.SubFactory(UserFactory, role=Role.DOCTOR, name=factory.SelfAttribute("..name"))
    specialty = factory.SubFactory(SpecialtyFactory)
    office = factory.SubFactory(OfficeFactory)
    licence_number = factory.Sequence(lambda n: f"LIC-{n}")
    practising_since = 2010
    fee_cents = 6000
    state = DoctorState.APPROVED


class AssistantFactory(factory.django.DjangoModelFactory):
    """`AssistantFactory(offices=[office])`, or `all_offices=True`."""

    class Meta:
        model = Assistant
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory, role=Role.ASSISTANT)

    @factory.post_generation
    def offices(self, create, extracted, **_kwargs):
        self.offices.set(extracted or [])


class PatientFactory(factory.django.DjangoModelFactory):
    """A patient with a login; `PatientFactory(user=None)` was phoned in."""

    class Meta:
        model = Patient

    name = factory.Sequence(lambda n: f"Patient {n}")
    user = factory.SubFactory(UserFactory, name=factory.SelfAttribute("..name"))
    phone = factory.Sequence(lambda n: f"+346{n:08d}")
    date_of_birth = date(1980, 5, 17)


class ProxyAccessFactory(factory.django.DjangoModelFactory):
    """A user with a chart of their own looks after a child without a login: their appointments."""

    class Meta:
        model = ProxyAccess

    user = factory.LazyFunction(lambda: PatientFactory().user)
    patient = factory.SubFactory(PatientFactory, user=None)
    relation = Relation.CHILD
    appointments = True
    state = ProxyState.OPEN
    opened_at = factory.LazyFunction(timezone.now)
    made_by = factory.SelfAttribute("user")


class EncounterNoteFactory(factory.django.DjangoModelFactory):
    """A draft about an appointment that is over."""

    class Meta:
        model = EncounterNote

    appointment = factory.SubFactory(
        "tests.factories.AppointmentFactory", state=AppointmentState.COMPLETED
    )
    patient = factory.SelfAttribute("appointment.patient")
    author = factory.SelfAttribute("appointment.doctor")
    complaint = "Headache"


class SignedNoteFactory(factory.django.DjangoModelFactory):
    """`SignedNoteFactory().note` is signed."""

    class Meta:
        model = SignedNote

    note = factory.SubFactory(
        EncounterNoteFactory,
        state=NoteState.SIGNED,
        signed_at=factory.LazyFunction(timezone.now),
        version=2,
    )
    number = 1
    complaint = factory.SelfAttribute("note.complaint")
    signed_by = factory.SelfAttribute("note.author.user")


class PatientMergeFactory(factory.django.DjangoModelFactory):
    """Two without a login; nothing was moved."""

    class Meta:
        model = PatientMerge

    kept = factory.SubFactory(PatientFactory, user=None)
    gone = factory.SubFactory(
        PatientFactory, user=None, merged_into=factory.SelfAttribute("..kept")
    )
    by = factory.SubFactory(AdminFactory)
    reason = "Entered twice"


class ErasureRequestFactory(factory.django.DjangoModelFactory):
    """Of a patient with a login, who waits for a month."""

    class Meta:
        model = ErasureRequest

    patient = factory.SubFactory(PatientFactory)
    asked_by = factory.SelfAttribute("patient.user")
    due_on = factory.LazyFunction(lambda: in_days(30).date())


class PatientImportFactory(factory.django.DjangoModelFactory):
    """A file with one patient, whose columns are guessed; `state="checked"` has no rows."""

    class Meta:
        model = PatientImport

    made_by = factory.SubFactory(AdminFactory)
    file_name = "patients.csv"
    digest = factory.Sequence(lambda n: f"{n:064x}")
    content = b"Name,Phone\nAna Sol,600 111 222\n"
    header = ["Name", "Phone"]
    mapping = {"columns": ["name", "phone"], "date_order": "dmy", "region": "ES"}


def own_data_of(user) -> OwnDataExport:
    """The user's copy of their own data, ready to be downloaded; there is one at most."""
    now = timezone.now()
    times = {"ready_at": now, "ready_until": now + timedelta(hours=24)}
    files = {"as_json": b"{}", "as_pdf": b"%PDF-1.7"}
    found, _created = OwnDataExport.objects.get_or_create(
        user=user, defaults={"run": uuid.uuid4(), "state": "ready", **times, **files}
    )
    return found


class SlotFactory(factory.django.DjangoModelFactory):
    """Half an hour of tomorrow at 10:00 UTC, free."""

    class Meta:
        model = Slot

    doctor = factory.SubFactory(DoctorFactory)
    office = factory.SelfAttribute("doctor.office")
    starts_at = factory.LazyFunction(lambda: in_days(1))
    ends_at = factory.LazyAttribute(lambda slot: slot.starts_at + timedelta(minutes=30))


class AppointmentFactory(factory.django.DjangoModelFactory):
    """A confirmed appointment, on a slot that it has taken; `starts_at=` and `doctor=` place it."""

    class Meta:
        model = Appointment

    class Params:
        holds_slot = factory.LazyAttribute(lambda appointment: appointment.state in HOLDING)

    patient = factory.SubFactory(PatientFactory)
    doctor = factory.SubFactory(DoctorFactory)
    office = factory.SelfAttribute("doctor.office")
    starts_at = factory.LazyFunction(lambda: in_days(1))
    ends_at = factory.LazyAttribute(lambda one: one.starts_at + timedelta(minutes=30))
    state = AppointmentState.CONFIRMED
    slot = factory.LazyAttribute(
        lambda one: SlotFactory(
            doctor=one.doctor,
            office=one.office,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            state=SlotState.TAKEN if one.holds_slot else SlotState.OPEN,
        )
    )
    booked_by = factory.LazyAttribute(lambda one: one.patient.user or one.doctor.user)


class WaitFactory(factory.django.DjangoModelFactory):
    """For any time of a doctor; `WaitFactory(doctor=None, slot=slot)` for one slot."""

    class Meta:
        model = Wait

    patient = factory.SubFactory(PatientFactory)
    doctor = factory.SubFactory(DoctorFactory)
    made_by = factory.LazyAttribute(lambda wait: wait.patient.user or AdminFactory())


class OfferFactory(factory.django.DjangoModelFactory):
    """A slot of tomorrow, kept for half an hour for one who waits for its doctor."""

    class Meta:
        model = Offer

    slot = factory.SubFactory(SlotFactory, state=SlotState.OFFERED)
    wait = factory.LazyAttribute(lambda offer: WaitFactory(doctor=offer.slot.doctor))
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(minutes=30))


class ReviewFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Review

    appointment = factory.SubFactory(AppointmentFactory, state=AppointmentState.COMPLETED)
    doctor = factory.SelfAttribute("appointment.doctor")
    rating = 5


class NotificationFactory(factory.django.DjangoModelFactory):
    """What the patient reads in the portal, unread: that an appointment is confirmed."""

    class Meta:
        model = Notification

    key = factory.Sequence(lambda n: f"test:{n}")
    event = "appointment_confirmed"
    channel = Channel.PORTAL
    state = NotificationState.SENT
    appointment = factory.SubFactory(AppointmentFactory)
    patient = factory.SelfAttribute("appointment.patient")
    user = factory.SelfAttribute("patient.user")
    facts = factory.LazyAttribute(lambda one: facts_of(one.appointment) | {"for": "patient"})


class InvitationFactory(factory.django.DjangoModelFactory):
    """Of an assistant of all offices, open."""

    class Meta:
        model = Invitation

    email = factory.Sequence(lambda n: f"invited{n}@example.org")
    name = factory.Sequence(lambda n: f"Invited {n}")
    role = Role.ASSISTANT
    all_offices = True
    invited_by = factory.SubFactory(AdminFactory)


class BroadcastFactory(factory.django.DjangoModelFactory):
    """A message to all doctors, accepted and not spread yet."""

    class Meta:
        model = Broadcast

    by = factory.SubFactory(AdminFactory)
    audience = Audience.ROLE
    role = Role.DOCTOR
    title = "Closed on Monday"
    text = "We are closed."
    form_token = factory.LazyFunction(uuid.uuid4)
