"""The recipients of messages about appointments and offers (requirement D01). Makes no queries."""

from portal.models import Appointment, Doctor, Offer, Patient, User, Wait
from portal.notifications.declaration import Recipient


def of_appointment(appointment: Appointment, by: User | None) -> list[Recipient]:
    """The patient and the doctor; they and their users must be loaded with the appointment."""
    return [of_patient(appointment.patient), *of_doctor(appointment.doctor, by)]


def of_patient(patient: Patient) -> Recipient:
    """The patient, even one without a login."""
    return Recipient("patient", patient.user, patient)


def of_doctor(doctor: Doctor, by: User | None) -> list[Recipient]:
    """The doctor, except for the doctor's own actions."""
    is_own = by is not None and by.pk == doctor.user_id
    return [] if is_own else [Recipient("doctor", doctor.user)]


def of_wait(wait: Wait, _by: User | None) -> list[Recipient]:
    """The patient of the entry."""
    return [of_patient(wait.patient)]


def of_offer(offer: Offer, _by: User | None) -> list[Recipient]:
    """The patient of the entry."""
    return [of_patient(offer.wait.patient)]
