"""Reviews of the access to a child's chart, as the child grows up (requirement A14).

At each of the clinic's ages the access has to be agreed to anew, by the child or at the desk
(`access.change`). Where nobody does so in time it pauses.
"""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from portal.audit.services import audit
from portal.clock.ages import age_on
from portal.clock.today import today_of_clinic
from portal.database.transactions import retried
from portal.enums import ProxyState
from portal.models import ClinicSettings, ProxyAccess, locks
from portal.notifications.services import inbox, notifications


def run(*, by: None) -> int:
    """The periodic job: note the age of those whose date of birth has become known, ask for reviews
    that are due, and pause what nobody has answered. Each is a transaction of its own. Returns how
    many accesses were changed. Source: requirement A14."""
    settings, today = ClinicSettings.current(), today_of_clinic()
    changed = 0
    for pk, patient in list(_due(settings).values_list("pk", "patient")):
        changed += _review(pk, patient, settings=settings, today=today)
    over = ProxyAccess.objects.open().filter(review_by__lt=today)
    for pk, patient in list(over.order_by("pk").values_list("pk", "patient")):
        changed += _pause(pk, patient, today=today)
    return changed


def _age_to_review(access: ProxyAccess, settings: ClinicSettings, today: date) -> int | None:
    """The highest of the clinic's ages that the patient has reached since somebody last agreed;
    None if there is none. No query where the patient is loaded."""
    born = access.patient.date_of_birth
    if born is None or access.reviewed_age is None:
        return None
    age = age_on(today, born=born)
    due = [one for one in settings.review_ages if access.reviewed_age < one <= age]
    return due[-1] if due else None


def _due(settings: ClinicSettings) -> QuerySet[ProxyAccess]:
    """Candidates: open, without a review, of patients whose age may have reached one."""
    last = max(settings.review_ages, default=0)
    unknown = Q(reviewed_age=None)
    return (
        ProxyAccess.objects.open()
        .filter(unknown | Q(reviewed_age__lt=last), review_by=None)
        .exclude(patient__date_of_birth=None)
        .order_by("pk")
    )


@retried
def _review(pk: int, patient_id: int, *, settings: ClinicSettings, today: date) -> bool:
    with transaction.atomic():
        patient = locks.patients(patient_id)[patient_id]
        access = patient.proxy_accesses.open().select_related("user").filter(pk=pk).first()
        if access is None or access.review_by or patient.date_of_birth is None:
            return False
        access.patient = patient
        if access.reviewed_age is None:
            access.reviewed_age = age_on(today, born=patient.date_of_birth)
            access.save(update_fields=["reviewed_age"])
            return True
        age = _age_to_review(access, settings, today)
        if age is None:
            return False
        access.review_by = today + timedelta(days=settings.review_days)
        access.save(update_fields=["review_by"])
        audit.record("review_access", access, by=None, patient=patient, age=age)
        notifications.tell("access_review", about=access, by=None, age=age)
    return True


@retried
def _pause(pk: int, patient_id: int, *, today: date) -> bool:
    with transaction.atomic():
        patient = locks.patients(patient_id)[patient_id]
        access = patient.proxy_accesses.open().select_related("user").filter(pk=pk).first()
        if access is None or access.review_by is None or access.review_by >= today:
            return False
        access.patient, access.state = patient, ProxyState.PAUSED
        access.save(update_fields=["state"])
        audit.record("pause_access", access, by=None, patient=patient)
        if access.user:
            inbox.take_back(access.user, patient)
        notifications.tell("access_paused", about=access, by=None)
    return True
