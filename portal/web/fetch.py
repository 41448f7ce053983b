"""The one way in which views fetch an object: within the user's scope, or 404."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404


def get_visible(things, user, pk: int):
    """The row `pk` of a model or queryset among those `visible_to(user)`; Http404 otherwise."""
    things = things if isinstance(things, QuerySet) else things.objects.all()
    found = things.visible_to(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def demand_role(user, *roles: str) -> None:
    """403 unless the user has one of the roles. For pages that are not about one object."""
    if user.role not in roles:
        raise PermissionDenied


def demand_permission(user, permission: str) -> None:
    """403 unless the user has the permission. For pages that are not about one object."""
    if not user.has_perm(permission):
        raise PermissionDenied
