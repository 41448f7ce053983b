"""Who may do what with appointments: permissions (requirements B11, B13, B17), and when a patient
is late (B21)."""

from datetime import timedelta

from rules import add_perm

from portal.permissions.people import is_its_doctor, is_its_patient, runs_its_office

LATE = timedelta(minutes=15)  # after the start; from then on “did not attend” is offered

add_perm("portal.view_appointment", is_its_patient | is_its_doctor | runs_its_office)
add_perm("portal.cancel_appointment", is_its_patient | is_its_doctor | runs_its_office)
add_perm("portal.mark_appointment", is_its_doctor | runs_its_office)
add_perm("portal.answer_request", is_its_doctor | runs_its_office)
add_perm("portal.transfer_appointment", is_its_doctor | runs_its_office)
add_perm("portal.reschedule_appointment", is_its_patient | is_its_doctor | runs_its_office)
