"""Who may import and export patients (requirement A18)."""

from rules import add_perm

from portal.permissions.people import is_admin

add_perm("portal.move_patients", is_admin)
