"""The recipients of messages about appointments and offers (requirements D01, A14)."""

from collections.abc import Collection

from portal.models import Appointment, Doctor, Offer, Patient, ProxyAccess, User, Wait
from portal.notifications.declaration import Recipient


def of_appointment(appointment: Appointment, by: User | None) -> list[Recipient]:
    """The patient with who looks after them, and the doctor; they and their users must be loaded
    with the appointment. One query."""
    return [*of_patient(appointment.patient), *of_doctor(appointment.doctor, by)]


def of_patient(patient: Patient, proxies: Collection[User] | None = None) -> list[Recipient]:
    """The patient, even one without a login, and the users who look after their appointments. One
    query; none if `proxies` are given."""
    if proxies is None:
        proxies = proxies_of([patient.pk]).get(patient.pk, [])
    others = [Recipient("patient", user, patient, is_proxy=True) for user in proxies]
    return [Recipient("patient", patient.user, patient), *others]


def proxies_of(patients: Collection[int]) -> dict[int, list[User]]:
    """The users who look after the appointments of these patients, by the patient's id. One
    query, two if there are any."""
    given = ProxyAccess.objects.open().filter(patient__in=patients, appointments=True)
    pairs = list(given.order_by("pk").values_list("patient", "user"))
    users = User.objects.in_bulk({user for _patient, user in pairs}) if pairs else {}
    found: dict[int, list[User]] = {}
    for patient, user in pairs:
        if user in users:
            found.setdefault(patient, []).append(users[user])
    return found


def of_doctor(doctor: Doctor, by: User | None) -> list[Recipient]:
    """The doctor, except for the doctor's own actions."""
    is_own = by is not None and by.pk == doctor.user_id
    return [] if is_own else [Recipient("doctor", doctor.user)]


def of_wait(wait: Wait, _by: User | None) -> list[Recipient]:
    """The patient of the entry, and who looks after them. One query."""
    return of_patient(wait.patient)


def of_offer(offer: Offer, _by: User | None) -> list[Recipient]:
    """The patient of the entry, and who looks after them. One query."""
    return of_patient(offer.wait.patient)
