"""Who may change the clinic's settings and offices, and who runs an office (B01, B03, B18)."""

from rules import add_perm, predicate

from portal.models import Doctor, Office, User, offices_of
from portal.permissions.people import is_admin, is_assistant, is_doctor


@predicate
def is_one_of_theirs(user: User, office: Office) -> bool:
    """One query."""
    return offices_of(user).filter(pk=office.pk).exists()


@predicate
def is_their_own(user: User, office: Office) -> bool:
    """The office of an approved doctor. One query."""
    return Doctor.objects.listed().filter(user=user, office=office).exists()


add_perm("portal.change_clinic", is_admin)
# Its holidays, and where its calendar is.
add_perm("portal.run_office", is_admin | (is_assistant & is_one_of_theirs))
add_perm("portal.change_own_office", is_doctor & is_their_own)
