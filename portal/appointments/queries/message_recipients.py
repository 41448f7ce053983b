"""Who is told of appointments and offers (requirement D01). Asks no database."""

from portal.models import Appointment, Doctor, Offer, Patient, User
from portal.notifications.declaration import Recipient


def of_appointment(appointment: Appointment, by: User | None) -> list[Recipient]:
    """The patient and the doctor; they come with the appointment, and so do their users."""
    return [of_patient(appointment.patient), *of_doctor(appointment.doctor, by)]


def of_patient(patient: Patient) -> Recipient:
    """The patient, also one without a login."""
    return Recipient("patient", patient.user, patient)


def of_doctor(doctor: Doctor, by: User | None) -> list[Recipient]:
    """The doctor, who is not told of what they did themselves."""
    is_own = by is not None and by.pk == doctor.user_id
    return [] if is_own else [Recipient("doctor", doctor.user)]


def of_offer(offer: Offer, _by: User | None) -> list[Recipient]:
    """The patient who waits."""
    return [of_patient(offer.wait.patient)]
