"""Predicates about a user, and about a user's relation to an object with a doctor or an office."""

from rules import predicate

from portal.enums import Role
from portal.models import may_act_for, offices_of


@predicate
def is_patient(user) -> bool:
    return user.is_authenticated and user.role == Role.PATIENT


@predicate
def is_doctor(user) -> bool:
    return user.is_authenticated and user.role == Role.DOCTOR


@predicate
def is_admin(user) -> bool:
    return user.is_authenticated and user.role == Role.ADMIN


@predicate
def is_assistant(user) -> bool:
    return user.is_authenticated and user.role == Role.ASSISTANT


@predicate
def is_its_doctor(user, thing) -> bool:
    """`thing` has a `doctor`."""
    return user.role == Role.DOCTOR and thing.doctor.user_id == user.pk


@predicate
def is_its_patient(user, thing) -> bool:
    """`thing` has a `patient`: the user, or somebody whose appointments they look after (A14). One
    query for the latter."""
    return may_act_for(user, thing.patient)


@predicate
def runs_its_office(user, thing) -> bool:
    """`thing` has an `office`. One query for assistants, none for the others."""
    if user.role == Role.ADMIN:
        return True
    return user.role == Role.ASSISTANT and offices_of(user).filter(pk=thing.office_id).exists()
