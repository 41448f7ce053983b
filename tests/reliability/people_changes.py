"""What is done about people in a busy clinic, as in `changes`: their data, accounts, approvals."""

import json
from functools import partial
from uuid import uuid4

from portal.accounts.services import standing
from portal.appointments.services import leaving
from portal.diary.queries.time_off import all_ahead, to_settle
from portal.diary.services import approvals as withdrawals
from portal.diary.services.time_off import Choice
from portal.erasure.services import asking, erasing
from portal.errors import StaleState, Unsettled
from portal.models import Appointment, Doctor, Patient
from portal.models.record import TEXTS
from portal.people.queries.patient_data import as_seen
from portal.people.services import approvals
from tests.factories import ProxyAccessFactory
from tests.reliability.busy_clinic import Clinic
from tests.reliability.changes import Changes, answered
from tests.reliability.clinic import make_patients

TRIES = 30  # of an admin who looks again at what has changed meanwhile


def edits_of_patients(clinic: Clinic, count: int) -> Changes:
    """By the desk: of patients who change their own profile and appointments meanwhile."""
    for number, one in enumerate(clinic.some(clinic.appointments("confirmed"), count)):
        seen = json.dumps(as_seen(one.patient))
        values = {"name": f"{one.patient.name} of {number}", "phone": "+34600000001"}
        further = {"label_0": "work", "number_0": f"+346000001{number:02}"}
        path = f"/patients/{one.patient.pk}/edit/"
        yield clinic.post(clinic.admin, path, seen=seen, **values, **further)


def blocks(clinic: Clinic, count: int) -> Changes:
    """Of patients who have appointments; every other one was blocked before and is unblocked."""
    for number, patient in enumerate(clinic.patients[40 : 40 + count]):
        path = f"/manage/people/{patient.user_id}/"
        if number % 2:
            standing.block(patient.user, reason="Abuse", by=clinic.admin)
            yield clinic.post(clinic.admin, f"{path}unblock/")
        else:
            yield clinic.post(clinic.admin, f"{path}block/", reason="Abuse")


def erasures(clinic: Clinic, count: int) -> Changes:
    """Of patients who book meanwhile: asked for, and every other one erased at once; by the
    service, for the page asks for the password again."""
    for number, patient in enumerate(clinic.patients[20 : 20 + count]):
        yield answered(partial(_ask_and_erase, patient, clinic, is_due=bool(number % 2)))


def _ask_and_erase(patient: Patient, clinic: Clinic, *, is_due: bool) -> None:
    for left in reversed(range(TRIES)):
        seen = [one.pk for one in leaving.coming_of(patient)]
        try:
            request = asking.ask(patient, seen=seen, reason="By letter", by=clinic.admin)
        except StaleState:
            if not left:
                raise
        else:
            if is_due:
                erasing.erase(request, by=None)
            return


def approvals_withdrawn(clinic: Clinic, count: int) -> Changes:
    """And given back, of one doctor; by the service, for the page takes two steps."""
    for _number in range(count):
        yield answered(lambda: _withdraw_and_restore(clinic.doctors[3], clinic))


def _withdraw_and_restore(doctor: Doctor, clinic: Clinic) -> None:
    for left in reversed(range(TRIES)):
        choices = {one.pk: _choice(one) for one in to_settle(doctor, *all_ahead())}
        try:
            withdrawals.withdraw(doctor, choices=choices, reason="Left", by=clinic.admin)
        except (StaleState, Unsettled):
            if not left:
                raise
        else:
            approvals.restore(doctor, by=clinic.admin)
            return


def _choice(one: Appointment) -> Choice:
    return Choice(one.version, "decline" if one.state == "requested" else "cancel", message="Left")


def accesses(clinic: Clinic, count: int) -> Changes:
    """Who looks after a patient books for them, while the desk narrows the access and the patient
    ends it."""
    free = clinic.slots("open")
    proxies = make_patients(count // 3, named="Proxy")
    for number, proxy in enumerate(proxies):
        patient = clinic.patients[30 + number]
        access = ProxyAccessFactory(user=proxy.user, patient=patient)
        path = f"/household/{access.pk}/"
        book = {"patient": patient.pk, "token": uuid4()}
        yield clinic.post(access.user, f"/slots/{clinic.random.choice(free).pk}/book/", **book)
        yield clinic.post(clinic.admin, path, scopes=["appointments", "records"])
        yield clinic.post(patient.user if number % 2 else access.user, f"{path}end/")


def notes(clinic: Clinic, count: int) -> Changes:
    """A doctor writes in two windows, and signs, while appointments are moved and handed over. Of
    those who write at once the first one wins; so some appointments are only signed."""
    confirmed = clinic.appointments("confirmed")
    for one in confirmed[: count // 2]:
        texts = dict.fromkeys(TEXTS, "") | {"seen": 0, "plan": "Rest", "sign": "1"}
        yield clinic.post(one.doctor.user, f"/appointments/{one.pk}/note/", **texts)
    for number, one in enumerate(clinic.some(confirmed[count // 2 :], count // 6)):
        texts = dict.fromkeys(TEXTS, "") | {"seen": 0}
        path = f"/appointments/{one.pk}/note/"
        yield clinic.post(one.doctor.user, path, **texts | {"complaint": "Cough", "save": "1"})
        yield clinic.post(one.doctor.user, path, **texts | {"plan": f"Tea {number}", "sign": "1"})
        yield clinic.post(one.doctor.user, f"{path}draft/", **texts | {"findings": "None"})
