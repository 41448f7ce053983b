"""The check that every service starts with."""

from portal.errors import Forbidden
from portal.models import User


def demand(by: User, permission: str, thing) -> None:
    """Raise Forbidden unless `by` has `permission` (see portal/rules) on `thing`."""
    if not by.has_perm(permission, thing):
        raise Forbidden
