"""Creates the demo clinic, or adds data to it, so that the next two weeks are filled."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from portal.demo import clerk as writing
from portal.demo import group, hours, household, notes, people, requests
from portal.demo.clerk import Clerk
from portal.demo.diary import BY_LICENCE, Diary
from portal.demo.history import past_appointments, write_reviews
from portal.demo.pool import Pool
from portal.demo.waits import make_waits
from portal.enums import AppointmentState as State
from portal.enums import Mode
from portal.models import Appointment, ClinicSettings, Doctor, Patient, Slot, User

# Licence, first and last day ahead: the next appointments of patient@example.com.
NEXT_VISITS = (("28/41007", 1, 5), ("28/52980", 4, 13))
CANCELLED_VISIT = ("28/43519", 3, 12)


@dataclass(frozen=True)
class Made:
    """The number of rows that a run has added."""

    doctors: int
    slots: int
    appointments: int


def make_or_top_up(now: datetime) -> Made:
    """Idempotent: existing data stays as it is. Runs in the caller's transaction."""
    before = [model.objects.count() for model in (Doctor, Slot, Appointment)]
    is_new = not Doctor.objects.filter(licence_number__in=BY_LICENCE).exists()
    if is_new:
        _make_people(now)
    if her := _patient_at_example():
        household.make_household(her, by=_desk(), now=now)
    _keep_diaries(now, with_history=is_new)
    if is_new and (her := _patient_at_example()):
        notes.sign_notes(her, now=now)
    hours.make(now)
    make_waits(_patient_at_example(), _patients(), by=_desk(), now=now)
    if is_new:
        people.make_exceptions()
    after = [model.objects.count() for model in (Doctor, Slot, Appointment)]
    return Made(*(new - old for old, new in zip(before, after, strict=True)))


def taken_addresses() -> list[str]:
    """Email addresses of the demo that exist already although the demo was never created here."""
    if Doctor.objects.filter(licence_number__in=BY_LICENCE).exists():
        return []
    emails = [
        group.ADMIN[0],
        group.BLOCKED_PATIENT[0],
        group.ASSISTANT[0],
        group.OFFICE_ASSISTANT[0],
        *_patient_emails(),
    ]
    emails += [people.doctor_address(number) for number in range(1, len(group.DOCTORS) + 1)]
    return sorted(User.objects.filter(email__in=emails).values_list("email", flat=True))


def _make_people(now: datetime) -> None:
    since = now - timedelta(days=400)
    if not ClinicSettings.objects.exists():
        ClinicSettings.objects.create(
            pk=1,
            name=group.CLINIC_NAME,
            phone=group.CLINIC_PHONE,
            reply_to=group.CLINIC_REPLY_TO,
            set_up_at=now,
        )
    people.make_staff(since=since)
    people.make_patients(Random("patients"), today=now.date(), since=since)
    requests.ask_first()


def _keep_diaries(now: datetime, *, with_history: bool) -> None:
    clerk = Clerk(now=now, desk=_desk())
    pool = Pool(_patients(), now=now)
    settings = ClinicSettings.current()
    doctors = (
        Doctor.objects.listed()
        .filter(licence_number__in=BY_LICENCE)
        .select_related("office")
        .order_by("pk")
    )
    diaries = {doctor.licence_number: Diary(doctor, pool, clerk, settings) for doctor in doctors}
    her = _patient_at_example()
    made: list[Appointment] = []
    if with_history:
        for diary in diaries.values():
            made += past_appointments(diary, her)
    fresh = {licence: diary.declare() for licence, diary in diaries.items()}
    if her:
        made += _her_visits(her, diaries, is_new=with_history)
        made += household.childs_visit(her, diaries)
    for licence, diary in diaries.items():
        made += diary.fill(fresh[licence])
        made += requests.requests_for(diary)
    written = writing.write(sorted(made, key=lambda one: one.booked_at))
    if with_history:
        done = [one for one in written if one.state == State.COMPLETED and one.ends_at < now]
        write_reviews([one for one in done if now - one.ends_at > timedelta(days=3)], her)


def _her_visits(her: Patient, diaries: dict[str, Diary], *, is_new: bool) -> list[Appointment]:
    """Two future appointments for patient@example.com, and in the first run a cancelled one."""
    missing = len(NEXT_VISITS) - her.appointments.upcoming().count()
    rng = Random("her visits")
    made: list[Appointment] = []
    for licence, first, last in NEXT_VISITS[: max(0, missing)]:
        if slot := _her_slot(her, diaries.get(licence), first, last):
            mode = Mode.VIDEO if made else Mode.IN_PERSON
            made.append(diaries[licence].book(slot, her, rng, mode=mode, booked_by=her.user))
    licence, first, last = CANCELLED_VISIT
    if is_new and (slot := _her_slot(her, diaries[licence], first, last)):
        diary = diaries[licence]
        made.append(
            diary.clerk.cancelled(
                slot, her, rng, specialty=diary.demo.specialty, booked_by=her.user
            )
        )
    return made


def _her_slot(her: Patient, diary: Diary | None, first: int, last: int) -> Slot | None:
    """One of the middle free slots between so many days ahead."""
    if diary is None:
        return None
    now = diary.clerk.now
    slots = [
        slot
        for slot in diary.free_between(now + timedelta(days=first), now + timedelta(days=last))
        if diary.pool.is_free(her, slot)
    ]
    return slots[len(slots) // 2] if slots else None


def _patient_at_example() -> Patient | None:
    return Patient.objects.select_related("user").filter(user__email=group.PATIENT[0]).first()


def _patients() -> list[Patient]:
    """Patients of the demo, without patient@example.com."""
    phones = [people.phone(number) for number in range(people.LOGINS + people.PHONED_IN + 1)]
    patients = Patient.objects.select_related("user").order_by("pk")
    with_login = patients.filter(user__email__in=_patient_emails()[1:])
    return list(with_login) + list(patients.filter(user=None, phone__in=phones))


def _patient_emails() -> list[str]:
    numbered = [people.patient_address(number) for number in range(1, people.LOGINS + 1)]
    return [group.PATIENT[0], *numbered]


def _desk() -> User:
    """The user who books for patients who phone."""
    staff = User.objects.filter(email__in=(group.ASSISTANT[0], group.ADMIN[0]))
    found = staff.order_by("-role").first()
    return found or User.objects.filter(role="admin")[0]
