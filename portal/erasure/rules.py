"""Who may ask that a person is erased, and see who has asked (requirement A19)."""

from rules import add_perm

from portal.people.rules import is_themself
from portal.permissions.people import is_admin

add_perm("portal.ask_erasure", is_themself | is_admin)
add_perm("portal.manage_erasures", is_admin)
