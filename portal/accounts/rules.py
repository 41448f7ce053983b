"""Who may see all logins, invite staff, block or close accounts, and change what protects the
account of another user (requirements A03, A10, A12)."""

from rules import add_perm, predicate

from portal.models import User
from portal.permissions.people import is_admin


@predicate
def is_another(user: User, other: User) -> bool:
    """Nobody removes their own factor this way: it would be a way around it."""
    return user.pk != other.pk


add_perm("portal.manage_people", is_admin)
add_perm("portal.manage_factors", is_admin)
add_perm("portal.reset_factor", is_admin & is_another)
