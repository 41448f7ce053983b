"""Who may have a copy of their own data made (requirement A13)."""

from rules import add_perm

from portal.permissions.people import is_patient

add_perm("portal.have_own_data", is_patient)
