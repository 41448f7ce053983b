"""Who may send messages in the clinic's name and see the state of all messages (D03, F02)."""

from rules import add_perm

from portal.permissions.people import is_admin

add_perm("portal.manage_messages", is_admin)
