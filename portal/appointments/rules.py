"""Who may do what with appointments: permissions (requirements B11, B13, B17)."""

from rules import add_perm

from portal.permissions.people import is_its_doctor, is_its_patient, runs_its_office

add_perm("portal.view_appointment", is_its_patient | is_its_doctor | runs_its_office)
add_perm("portal.cancel_appointment", is_its_patient | is_its_doctor | runs_its_office)
add_perm("portal.mark_appointment", is_its_doctor | runs_its_office)
add_perm("portal.answer_request", is_its_doctor | runs_its_office)
add_perm("portal.transfer_appointment", is_its_doctor | runs_its_office)
add_perm("portal.reschedule_appointment", is_its_patient | is_its_doctor | runs_its_office)
