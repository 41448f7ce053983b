"""Every row lock of the portal, and the one order in which services take them.

    settings → office → doctors → slots → patients → appointments → wait → offer → invitation
        → user → factor → message

Several rows of one kind are locked in the order of their ids, by one statement. A service may leave
steps out; it never goes back. An UPDATE locks the rows that it changes, so it follows the order as
well. These exceptions cannot cause a deadlock:

- a row that the same transaction has created, or has locked before;
- `patient_unless_busy`, which skips a patient whom another transaction has locked;
- the requests for a locked slot, and the wait of a locked appointment: a transaction that holds one
  of those and waits for another lock must have locked the slot or the appointment first.

All locks are FOR NO KEY UPDATE: rows that refer to a locked one can still be committed. A FOR
UPDATE would make their deferred foreign-key check wait at COMMIT, outside any order.

Each function locks the bare row first and then reads it with its people. A query that joins and
locks at once compares the fresh row with the old rows of the join: an appointment that was handed
over meanwhile is not found. SQLite has no row locks: there each writing transaction runs alone, and
these functions only read. All of them need a transaction, and raise DoesNotExist.

docs/decisions/locks.md says why.
"""

from collections.abc import Collection

from allauth.mfa.models import Authenticator
from django.db import connection
from django.db.models import Q, QuerySet

from portal.enums import AppointmentState, Role
from portal.errors import ErasedPatient, MergedPatient
from portal.models.account import User
from portal.models.appointment import Appointment
from portal.models.attempts import AttemptCount
from portal.models.availability import Slot
from portal.models.clinic import ClinicSettings
from portal.models.invitation import Invitation
from portal.models.notification import Notification
from portal.models.office import Office
from portal.models.patient import Patient
from portal.models.staff import Doctor
from portal.models.waitlist import Offer, Wait

# Beside an appointment: what its texts, its page and the checks of a right need.
_PEOPLE = ("patient__user", "doctor__user", "doctor__specialty", "office")


def settings() -> ClinicSettings:
    """The clinic's row of settings, which is created if it does not exist."""
    ClinicSettings.objects.get_or_create(pk=1)
    return _bare(ClinicSettings.objects.all()).get(pk=1)


def office(pk: int) -> Office:
    """To be locked by decisions about an office's calendar."""
    return _bare(Office.objects.all()).get(pk=pk)


def doctor(pk: int) -> Doctor:
    """With user, office and specialty. To be locked by every change of the doctor's diary."""
    return doctors(pk)[pk]


def doctors(*pks: int) -> dict[int, Doctor]:
    """The same for several, by id. Raises Doctor.DoesNotExist if one of them is not there."""
    found = _held(Doctor.objects.select_related("user", "office", "specialty"), pks)
    if missing := set(pks) - set(found):
        raise Doctor.DoesNotExist(f"Doctors {sorted(missing)}")
    return found


def slot(pk: int) -> Slot:
    """With doctor, doctor's user and office. To be locked by taking, freeing and offering the
    slot."""
    return slots(pk)[pk]


def slots(*pks: int) -> dict[int, Slot]:
    """The same for several, by id. Raises Slot.DoesNotExist if one of them is not there."""
    found = _held(Slot.objects.select_related("doctor", "doctor__user", "office"), pks)
    if missing := set(pks) - set(found):
        raise Slot.DoesNotExist(f"Slots {sorted(missing)}")
    return found


def hold_slots(pks: Collection[int]) -> None:
    """Lock them without reading them: no query where there are no row locks."""
    _lock(Slot.objects.filter(pk__in=pks), pks)


def patient(pk: int | None, *, by: User) -> Patient:
    """None means the user's own. To be locked by everything that adds an appointment or entry to
    the patient. Raises MergedPatient if they were merged into another by now, ErasedPatient if they
    were erased."""
    which = {"user": by.pk} if pk is None else {"pk": pk}
    found = _bare(Patient.objects.all()).get(**which)
    _demand_there(found)
    if found.user_id == by.pk:
        found.user = by
    return found


def patients(*pks: int) -> dict[int, Patient]:
    """Several with their users, by id, merged, erased or not. Raises Patient.DoesNotExist if one of
    them is not there."""
    found = _held(Patient.objects.select_related("user"), pks)
    if missing := set(pks) - set(found):
        raise Patient.DoesNotExist(f"Patients {sorted(missing)}")
    return found


def hold_rows(rows: QuerySet) -> list[int]:
    """The ids of these rows of a patient, who is locked before, ascending; they are locked too."""
    _lock(rows, list(rows.order_by("pk").values_list("pk", flat=True)))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def hold_patients(pks: Collection[int]) -> None:
    """Lock them without reading them: no query where there are no row locks."""
    _lock(Patient.objects.filter(pk__in=pks), pks)


def patient_unless_busy(pk: int) -> bool:
    """Whether the patient is locked now. Does not wait if another transaction has locked them, and
    leaves those alone who were merged into another or erased."""
    found = Patient.objects.listed().filter(pk=pk).select_for_update(no_key=True, skip_locked=True)
    return found.exists()


def appointment(pk: int) -> Appointment:
    """With its people. Moving or closing it requires the lock of its slot first."""
    _lock(Appointment.objects.filter(pk=pk), [pk])
    return Appointment.objects.select_related(*_PEOPLE).get(pk=pk)


def appointments(pks: Collection[int], *, of: Collection[int]) -> list[Appointment]:
    """Those of them that are on the slots `of`, which are locked before; by id.

    An appointment that has moved to another slot meanwhile is left out and not locked, because
    another transaction may hold that slot and it.
    """
    rows = Appointment.objects.filter(pk__in=list(pks), slot__in=list(of))
    _lock(rows, pks)
    return list(rows.select_related(*_PEOPLE).order_by("pk"))


def requests(slot: Slot) -> list[Appointment]:
    """The requests for a slot, which is locked before; by id."""
    rows = Appointment.objects.filter(slot=slot.pk, state=AppointmentState.REQUESTED)
    _lock(rows, [slot.pk])
    return list(rows.select_related(*_PEOPLE).order_by("pk"))


def wait(pk: int) -> Wait:
    """With its patient and patient's user."""
    _lock(Wait.objects.filter(pk=pk), [pk])
    return Wait.objects.select_related("patient__user").get(pk=pk)


def offer(pk: int) -> Offer:
    """With its wait, which is locked before it, and the patient. Its slot is locked before both."""
    rows = Offer.objects.filter(pk=pk)
    _lock_offers(rows)
    return rows.select_related("wait__patient__user").get()


def open_offers(slots: Collection[int]) -> list[Offer]:
    """The open offers of these slots, which are locked before; as `offer`, by id."""
    rows = Offer.objects.open().filter(slot__in=list(slots))
    _lock_offers(rows)
    return list(rows.select_related("wait__patient__user").order_by("pk"))


def user(pk: int) -> User:
    """The login. The lock also covers the user's preferences and calendar address."""
    return _bare(User.objects.all()).get(pk=pk)


def users(*pks: int, with_admins: bool = False) -> dict[int, User]:
    """Several logins, by id; `with_admins` adds all admins, so that nobody can stop being the last
    but one meanwhile. To be locked by every change of a login's state."""
    wanted = Q(pk__in=pks) | Q(role=Role.ADMIN) if with_admins else Q(pk__in=pks)
    found = User.objects.filter(wanted)
    _lock(found, pks)
    return found.in_bulk()


def invitation(pk: int) -> Invitation:
    """To be locked by everything that ends it: accepting, revoking, sending it again."""
    _lock(Invitation.objects.filter(pk=pk), [pk])
    return Invitation.objects.select_related("specialty", "office").get(pk=pk)


def authenticator(pk: int) -> Authenticator | None:
    """A second factor, which may have been removed meanwhile. allauth locks it while it checks a
    recovery code."""
    return _bare(Authenticator.objects.filter(pk=pk)).first()


def message(found: QuerySet[Notification]) -> Notification | None:
    """The first of these notifications, if there is one."""
    return _bare(found).order_by("pk").first()


def attempt_count(key: str) -> AttemptCount | None:
    """A counter of sign-in attempts. Its transaction locks nothing else."""
    return _bare(AttemptCount.objects.filter(key=key)).first()


def _demand_there(patient: Patient) -> None:
    if patient.erased_at:
        raise ErasedPatient
    if patient.merged_into_id:
        raise MergedPatient


def _bare(rows: QuerySet) -> QuerySet:
    return rows.select_for_update(no_key=True)


def _held(rows: QuerySet, pks: Collection[int]) -> dict:
    _lock(rows.model.objects.filter(pk__in=pks), pks)
    return rows.in_bulk(list(set(pks)))


def _lock(rows: QuerySet, pks: Collection[int]) -> None:
    """In the order of ids. One statement; none if nothing is wanted, or on SQLite."""
    if pks and connection.features.has_select_for_update:
        list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk"))


def _lock_offers(rows: QuerySet) -> None:
    found = dict(rows.values_list("pk", "wait"))
    waits, offers = list(found.values()), list(found)
    _lock(Wait.objects.filter(pk__in=waits), waits)
    _lock(Offer.objects.filter(pk__in=offers), offers)
