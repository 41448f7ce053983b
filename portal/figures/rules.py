"""Who sees the clinic's figures (requirement F02)."""

from rules import add_perm

from portal.permissions.people import is_admin

add_perm("portal.see_figures", is_admin)
