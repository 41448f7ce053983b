"""Who may change the clinic's settings, and who runs an office (requirements B03, B18)."""

from rules import add_perm, predicate

from portal.models import Office, User, offices_of
from portal.permissions.people import is_admin, is_assistant


@predicate
def is_one_of_theirs(user: User, office: Office) -> bool:
    """One query."""
    return offices_of(user).filter(pk=office.pk).exists()


add_perm("portal.change_clinic", is_admin)
# Its holidays, and where its calendar is.
add_perm("portal.run_office", is_admin | (is_assistant & is_one_of_theirs))
