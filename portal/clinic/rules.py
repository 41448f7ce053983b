"""Who may change how the clinic works (requirement B18)."""

from rules import add_perm

from portal.permissions.people import is_admin

add_perm("portal.change_clinic", is_admin)
