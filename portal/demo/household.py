"""The household of patient@example.com: a child and a mother without logins, and an offer that
somebody has not answered yet (requirement A14)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from random import Random

from portal.audit.services import audit
from portal.demo import people
from portal.demo.diary import Diary
from portal.enums import Gender, ProxyState, Relation, Scope
from portal.household.services.access import VALID_FOR
from portal.models import Appointment, Patient, ProxyAccess, User

CHILD, CHILD_AGE = "Mateo Vidal Fernández", 8
MOTHER, MOTHER_AGE = "Carmen Ibáñez Soler", 73
OFFERED_TO = people.patient_address(2)
DOCTOR = "28/41007"  # the licence of the child's doctor
FIRST_DAY, LAST_DAY = 2, 10  # of the child's visit, from today


def make_household(her: Patient, *, by: User, now: datetime) -> None:
    """Only if she never had one. `by` is the desk."""
    user = her.user
    if user is None or user.proxy_accesses.exists():
        return
    child = Patient.objects.create(
        name=CHILD,
        gender=Gender.MALE,
        date_of_birth=now.date() - timedelta(days=CHILD_AGE * 366),
        address=her.address,
    )
    mother = Patient.objects.create(
        name=MOTHER,
        gender=Gender.FEMALE,
        date_of_birth=now.date() - timedelta(days=MOTHER_AGE * 366),
        phone=people.phone(people.LOGINS + people.PHONED_IN + 1),
    )
    opened = {"user": user, "state": ProxyState.OPEN, "opened_at": now, "made_by": by}
    _give(child, list(Scope), relation=Relation.CHILD, reviewed_age=CHILD_AGE, **opened)
    _give(mother, [Scope.APPOINTMENTS, Scope.MESSAGES], relation=Relation.PARENT, **opened)
    offered = {"state": ProxyState.OFFERED, "expires_at": now + VALID_FOR, "made_by": user}
    _give(her, [Scope.APPOINTMENTS], relation=Relation.PARTNER, email=OFFERED_TO, **offered)


def childs_visit(her: Patient, diaries: dict[str, Diary]) -> list[Appointment]:
    """The child's next appointment, not saved, which she has booked; none if there is one."""
    child = Patient.objects.filter(name=CHILD, proxy_accesses__user=her.user).first()
    diary = diaries.get(DOCTOR)
    if child is None or diary is None or child.appointments.upcoming().exists():
        return []
    now = diary.clerk.now
    free = diary.free_between(now + timedelta(FIRST_DAY), now + timedelta(LAST_DAY))
    free = [slot for slot in free if diary.pool.is_free(her, slot)]
    if not free:
        return []
    visit = diary.book(free[len(free) // 3], child, Random(CHILD), booked_by=her.user)
    visit.reason = "Coughs at night since last week"
    return [visit]


def _give(patient: Patient, scopes: Collection[Scope], **values) -> None:
    access = ProxyAccess(patient=patient, **values)
    for scope in scopes:
        setattr(access, scope, True)
    access.save()
    if access.user:
        told = {"user": access.user.pk, "scopes": access.scopes}
        audit.record("open_access", access, by=access.made_by, patient=patient, **told)
