"""The people of the demo clinic, and the logins of either clinic."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from random import Random

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from portal.accounts.services import standing
from portal.demo import group
from portal.demo.names import Person, different_people
from portal.demo.words import STREETS
from portal.enums import DoctorState, Gender, Role
from portal.models import Assistant, Doctor, Invitation, Office, Patient, Specialty, User
from portal.models.languages import stored

PASSWORD = "clinic-demo"  # noqa: S105 (for the demo only)
LOGINS, PHONED_IN = 60, 19

Login = tuple[str, str, Role]  # address, name, role


def patient_address(number: int) -> str:
    return f"patient{number:02d}@example.com"


def doctor_address(number: int) -> str:
    return "doctor@example.com" if number == 1 else f"doctor{number:02d}@example.com"


def make_logins(
    logins: Iterable[Login], *, since: datetime, password: str | None = PASSWORD
) -> list[User]:
    """Users with confirmed addresses. The password is hashed once, because hashing is slow on
    purpose."""
    hashed = make_password(password)
    users = User.objects.bulk_create(
        User(email=email, name=name, role=role, password=hashed, joined_at=since)
        for email, name, role in logins
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, primary=True, verified=True) for user in users
    )
    return users


def make_staff(*, since: datetime) -> list[Doctor]:
    """Offices, specialties, the admin, two assistants and the doctors."""
    offices = Office.objects.bulk_create(
        Office(
            name=one.name,
            address=one.address,
            phone=one.phone,
            time_zone=one.time_zone,
            reply_to=one.reply_to,
        )
        for one in group.OFFICES
    )
    logins = make_logins(
        [
            (*group.ADMIN, Role.ADMIN),
            (*group.ASSISTANT, Role.ASSISTANT),
            (*group.OFFICE_ASSISTANT, Role.ASSISTANT),
        ],
        since=since,
    )
    Assistant.objects.create(user=logins[1], all_offices=True)
    Assistant.objects.create(user=logins[2]).offices.set(offices[-1:])
    return _make_doctors(offices, since=since)


def make_patients(rng: Random, *, today: date, since: datetime) -> None:
    """Sixty-one with a login, nineteen whom the desk entered."""
    people = different_people(rng, LOGINS + PHONED_IN)
    patient_email, patient_name = group.PATIENT
    named = [Person(patient_name, Gender.FEMALE), *people[:LOGINS]]
    emails = [patient_email, *(patient_address(number) for number in range(1, LOGINS + 1))]
    users = make_logins(
        [(email, person.name, Role.PATIENT) for email, person in zip(emails, named, strict=True)],
        since=since,
    )
    owners = [*users, *[None] * PHONED_IN]
    Patient.objects.bulk_create(
        _patient(person, owner, number, rng, today=today, since=since)
        for number, (person, owner) in enumerate(
            zip([*named, *people[LOGINS:]], owners, strict=True)
        )
    )


def phone(number: int) -> str:
    """A mobile number; different for different numbers below a million."""
    return f"+34600{(number * 7919 + 1234) % 1_000_000:06d}"


def birthday(rng: Random, *, today: date, youngest: int = 18, oldest: int = 88) -> date:
    return today - timedelta(days=rng.randint(youngest * 366, oldest * 365))


def street_address(rng: Random, office: group.DemoOffice) -> str:
    postcode = f"{office.postcode[:2]}0{rng.randint(1, 28):02d}"
    return f"{rng.choice(STREETS)} {rng.randint(1, 88)}, {postcode} {office.city}"


def _make_doctors(offices: list[Office], *, since: datetime) -> list[Doctor]:
    specialties = {
        name: Specialty.objects.get_or_create(name=name)[0] for name in group.SPECIALTIES
    }
    users = make_logins(
        [
            (doctor_address(number), doctor.name, Role.DOCTOR)
            for number, doctor in enumerate(group.DOCTORS, 1)
        ],
        since=since,
    )
    doctors = Doctor.objects.bulk_create(
        _doctor(doctor, user, specialties, offices, state=DoctorState.APPROVED)
        for user, doctor in zip(users, group.DOCTORS, strict=True)
    )
    _make_applicants(offices, specialties, since=timezone.now() - timedelta(days=2))
    return doctors


def _make_applicants(
    offices: list[Office], specialties: dict[str, Specialty], *, since: datetime
) -> None:
    users = make_logins(
        [
            (f"applicant{number:02d}@example.com", one.name, Role.DOCTOR)
            for number, one in enumerate(group.APPLICANTS, 1)
        ],
        since=since,
    )
    made = [
        _doctor(one, user, specialties, offices, state=DoctorState.PENDING)
        for user, one in zip(users, group.APPLICANTS, strict=True)
    ]
    for one in made:
        one.applied_at = since
    Doctor.objects.bulk_create(made)


def _doctor(
    doctor: group.DemoDoctor,
    user: User,
    specialties: dict[str, Specialty],
    offices: list[Office],
    *,
    state: DoctorState,
) -> Doctor:
    return Doctor(
        user=user,
        name=doctor.name,
        specialty=specialties[doctor.specialty],
        office=offices[doctor.office],
        licence_number=doctor.licence,
        qualifications=doctor.qualifications,
        practising_since=doctor.practising_since,
        fee_cents=doctor.fee_euros * 100,
        statement=doctor.statement,
        languages=stored(doctor.languages),
        state=state,
    )


def _patient(
    person: Person, user: User | None, number: int, rng: Random, *, today: date, since: datetime
) -> Patient:
    """The first lives near the first office. Patients without a login are older than the others."""
    office = group.OFFICES[(0, 0, 1, 0, 2, 1, 2)[number % 7]]
    has_contact = rng.random() < 0.4
    contact = different_people(rng, 1)[0].name
    return Patient(
        user=user,
        name=person.name,
        gender=person.gender,
        phone=phone(number),
        date_of_birth=birthday(
            rng, today=today, youngest=18 if user else 55, oldest=79 if user else 92
        ),
        address=street_address(rng, office),
        emergency_contact=contact if has_contact else "",
        emergency_phone=phone(number + 500) if has_contact else "",
        created_at=since,
    )


def make_exceptions() -> None:
    """A blocked patient, and an invitation that nobody has answered yet."""
    admin = User.objects.get(email=group.ADMIN[0])
    email, name = group.BLOCKED_PATIENT
    [blocked] = make_logins([(email, name, Role.PATIENT)], since=admin.joined_at)
    Patient.objects.create(user=blocked, name=name, phone="+34600000190")
    standing.block(blocked, reason="Insulted the front desk on the phone.", by=admin)
    email, name = group.INVITED
    Invitation.objects.create(
        email=email, name=name, role=Role.ASSISTANT, all_offices=True, invited_by=admin
    )
