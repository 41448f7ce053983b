"""Who may see all logins, invite staff, and block or close accounts (requirements A03, A10)."""

from rules import add_perm

from portal.permissions.people import is_admin

add_perm("portal.manage_people", is_admin)
