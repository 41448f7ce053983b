"""Logins and their profiles (requirements A01, A02, A05)."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from portal.audit.services import audit
from portal.database.transactions import retried
from portal.enums import DoctorState, Role
from portal.errors import Forbidden, PortalError
from portal.gateways.photos import Photo
from portal.models import CalendarFeed, Doctor, Patient, User, locks
from portal.people.services import licences

PATIENT_FIELDS = (
    "name",
    "phone",
    "date_of_birth",
    "gender",
    "address",
    "emergency_contact",
    "emergency_phone",
)
# The clinic has approved name, licence, specialty, office and fee: an admin corrects those.
DOCTOR_FIELDS = (
    "qualifications",
    "practising_since",
    "languages",
    "statement",
    "usual_minutes",
    "on_request",
)


@retried
def register_patient(user: User, *, phone: str, by: User) -> Patient:
    """Save a new login with the role of a patient, and the patient it belongs to.

    `user` is unsaved and holds name, email and password; `phone` is E.164. The role is set here and
    nowhere in the form. Writes User, Patient, AuditEvent. Raises PortalError if the address has an
    account. Source: requirement A01.
    """
    with transaction.atomic():
        user.role = Role.PATIENT
        _save(user, taken=PortalError(_("That address has an account already."), field="email"))
        patient = Patient.objects.create(user=user, name=user.name, phone=phone)
        audit.record("sign_up", user, by=by, patient=patient)
    return patient


@retried
def register_doctor(user: User, *, photo: Photo | None, by: User, **values: Any) -> Doctor:
    """Save a new login with the role of a doctor, and the doctor, who waits for an approval.

    `user` is unsaved and holds name, email and password; `values` are fields of Doctor. Role and
    state are set here and nowhere in the form. Stores the photo. Writes User, Doctor, AuditEvent.
    Raises PortalError if the address has an account, or the licence number belongs to another
    doctor. Source: requirement A02.
    """
    if photo:
        photo.store()
    with transaction.atomic():
        user.role = Role.DOCTOR
        _save(user, taken=PortalError(_("That address has an account already."), field="email"))
        new = Doctor(
            user=user,
            photo=photo.digest if photo else "",
            **values | {"name": user.name, "state": DoctorState.PENDING},
        )
        licences.save(new, by=by)
        audit.record("sign_up", user, by=by, doctor=new.pk)
    return new


@retried
def update_profile(user: User, *, by: User, username: str | None, **values: Any) -> None:
    """Change a user's login data and profile, completely or not at all.

    `values` are among PATIENT_FIELDS for a patient, DOCTOR_FIELDS for a doctor, `name` for others.
    Locks the patient or doctor, then the user. Writes them and AuditEvents. Raises Forbidden,
    PortalError. Source: A05.
    """
    _check_may_edit(user.pk, by=by)
    with transaction.atomic():
        profile = _lock_profile(user)  # before the login, as everywhere
        is_fixed = isinstance(profile, Doctor) and by == user  # the clinic has approved it
        name = user.name if is_fixed else values["name"]
        update_login(user, by=by, name=name, username=username)
        if isinstance(profile, Patient):
            update_patient(profile, by=by, **values)
        elif isinstance(profile, Doctor):
            update_doctor(profile, by=by, **values)


@retried
def update_login(user: User, *, by: User, name: str, username: str | None) -> User:
    """Change a user's name and username; no username is None or "".

    Locks the user. Writes User and AuditEvent. Raises Forbidden, PortalError. Source: A05.
    """
    _check_may_edit(user.pk, by=by)
    if username and "@" in username:
        raise PortalError(_("A username cannot contain “@”."), field="username")
    with transaction.atomic():
        user = locks.user(user.pk)
        changes = _set(user, {"name": name, "username": username or None})
        taken = PortalError(_("That username is taken."), field="username")
        _save(user, taken=taken, update_fields=["name", "search_name", "username"])
        _record(user, changes, by=by)
    return user


@retried
def update_patient(patient: Patient, *, by: User, **values: Any) -> Patient:
    """Change the patient's own data; `values` are among PATIENT_FIELDS. The login gets the same
    name.

    Locks the patient, then the user. Writes both and an AuditEvent. Raises Forbidden. Source: A05.
    """
    _check_may_edit(patient.user_id, by=by)
    with transaction.atomic():
        patient = locks.patient(patient.pk, by=by)
        changes = _set(patient, {name: values[name] for name in PATIENT_FIELDS if name in values})
        if patient.date_of_birth:
            patient.birth_year_about = None
        patient.save()
        User.objects.filter(patient=patient).update(
            name=patient.name, search_name=patient.search_name
        )
        _record(patient, changes, by=by, patient=patient)
    return patient


@retried
def update_doctor(doctor: Doctor, *, by: User, **values: Any) -> Doctor:
    """Change what a doctor may change of their own profile; `values` are among DOCTOR_FIELDS. An
    admin changes the name as well.

    Only the clinic changes what it has approved: name, licence, specialty, office and fee. Locks
    the doctor. Writes it and an AuditEvent. Raises Forbidden. Source: requirements A02, A05.
    """
    _check_may_edit(doctor.user_id, by=by)
    with transaction.atomic():
        doctor = locks.doctor(doctor.pk)
        fields = DOCTOR_FIELDS if by.pk == doctor.user_id else ("name", *DOCTOR_FIELDS)
        changes = _set(doctor, {name: values[name] for name in fields if name in values})
        doctor.save()
        _record(doctor, changes, by=by)
    return doctor


@retried
def set_password(user: User, *, password: str, by: User) -> User:
    """Replace the password. This ends all other sessions of the user and the secret address of
    their calendar.

    Writes User, CalendarFeed and AuditEvents. Raises Forbidden, also if the account is blocked or
    closed. Source: requirements A04, A10, B22.
    """
    if by != user or not user.is_active:
        raise Forbidden
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        audit.record("set_password", user, by=by)
        feed = CalendarFeed.objects.filter(user=user, nonce__isnull=False)
        if feed.update(nonce=None, ended_with_password=True):
            audit.record("revoke_calendar_feed", user, by=by, with_password=True)
    return user


def _check_may_edit(user_id: int | None, *, by: User) -> None:
    """The user themself, and admins."""
    if user_id is None or (user_id != by.pk and not by.has_perm("portal.manage_people")):
        raise Forbidden


def _lock_profile(user: User) -> Patient | Doctor | None:
    """The user's patient or doctor, locked; None for users who have neither."""
    if user.is_patient:
        return locks.patient(None, by=user)
    if user.is_doctor:
        return locks.doctor(Doctor.objects.values_list("pk", flat=True).get(user=user))
    return None


def _save(user: User, *, taken: PortalError, **options: Any) -> None:
    """Save; raises `taken` if the email address or the username exists already."""
    try:
        with transaction.atomic():
            user.save(**options)
    except IntegrityError as error:
        raise taken from error


def _set(thing: Model, values: dict[str, Any]) -> list[str]:
    """Set attributes; returns the names of those that changed."""
    changed = [name for name, value in values.items() if getattr(thing, name) != value]
    for name in changed:
        setattr(thing, name, values[name])
    return changed


def _record(thing: Model, changed: list[str], *, by: User, patient: Patient | None = None) -> None:
    """The audit event names the fields that changed, not the personal data in them."""
    if changed:
        audit.record("update", thing, by=by, patient=patient, fields=changed)
