"""Who may read the audit trail (F01)."""

from rules import add_perm

from portal.permissions.people import is_admin

add_perm("portal.read_audit", is_admin)
