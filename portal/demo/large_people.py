"""The people of a large clinic."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from portal.demo import group
from portal.demo.clerk import BATCH
from portal.demo.names import some_person
from portal.demo.people import birthday, make_logins, phone, street_address
from portal.enums import DoctorState, Role
from portal.models import Assistant, Doctor, Office, Patient, Specialty, User

ADMIN, ASSISTANT = "seed-admin@example.com", "seed-assistant@example.com"
DOCTORS_AN_OFFICE = 10
PATIENTS_WITH_LOGIN = 1000


@dataclass(frozen=True)
class Staff:
    offices: list[Office]
    doctors: list[Doctor]
    desk: User


def make_staff(count: int, rng: Random, *, now: datetime, password: str | None) -> Staff:
    """`count` doctors in offices of ten, in two time zones; an admin; an assistant for all."""
    since = now - timedelta(days=4 * 365)
    offices = Office.objects.bulk_create(
        _office(number) for number in range(-(-count // DOCTORS_AN_OFFICE))
    )
    logins = [
        (ADMIN, some_person(rng).name, Role.ADMIN),
        (ASSISTANT, some_person(rng).name, Role.ASSISTANT),
    ]
    logins += [
        (f"seed-doctor-{number:04d}@example.com", f"Dr {some_person(rng).name}", Role.DOCTOR)
        for number in range(1, count + 1)
    ]
    _admin, desk, *users = make_logins(logins, since=since, password=password)
    Assistant.objects.create(user=desk, all_offices=True)
    return Staff(offices, _make_doctors(users, offices, rng), desk)


def make_patients(
    count: int,
    offices: list[Office],
    rng: Random,
    *,
    now: datetime,
    password: str | None,
    advance: Callable[[int], None],
) -> dict[int, list[Patient]]:
    """`count` patients by the id of their office; the first thousand have logins."""
    since = now - timedelta(days=4 * 365)
    people = [some_person(rng) for _number in range(count)]
    users = make_logins(
        [
            (f"seed-patient-{number:05d}@example.com", person.name, Role.PATIENT)
            for number, person in enumerate(people[:PATIENTS_WITH_LOGIN], 1)
        ],
        since=since,
        password=password,
    )
    by_office = defaultdict(list)
    for start in range(0, count, BATCH):
        batch = Patient.objects.bulk_create(
            Patient(
                user=users[number] if number < len(users) else None,
                name=person.name,
                gender=person.gender,
                phone=phone(number),
                date_of_birth=birthday(rng, today=now.date()),
                address=street_address(rng, _home(number % len(offices))),
                created_at=since,
            )
            for number, person in enumerate(people[start : start + BATCH], start)
        )
        for number, patient in enumerate(batch, start):
            by_office[offices[number % len(offices)].pk].append(patient)
        advance(len(batch))
    return by_office


def _home(number: int) -> group.DemoOffice:
    return group.OFFICES[number % len(group.OFFICES)]


def _office(number: int) -> Office:
    like = _home(number)
    return Office(
        name=f"Clinic {number + 1}, {like.city}",
        address=like.address,
        phone=like.phone,
        time_zone=like.time_zone,
    )


def _make_doctors(users: list[User], offices: list[Office], rng: Random) -> list[Doctor]:
    specialties = [Specialty.objects.get_or_create(name=name)[0] for name in group.SPECIALTIES]
    return Doctor.objects.bulk_create(
        Doctor(
            user=user,
            name=user.name,
            specialty=specialties[number % len(specialties)],
            office=offices[number % len(offices)],
            licence_number=f"SEED-{number + 1:04d}",
            qualifications=like.qualifications,
            practising_since=rng.randint(1985, 2020),
            fee_cents=rng.randrange(40, 130, 5) * 100,
            statement=like.statement,
            state=DoctorState.APPROVED,
        )
        for number, (user, like) in enumerate(
            (user, group.DOCTORS[number % len(group.DOCTORS)]) for number, user in enumerate(users)
        )
    )
