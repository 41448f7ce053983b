"""Whose the sessions in the database are."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session


def sessions_of(user) -> int:
    """How many sessions the user is signed in to, wherever their cookies may be."""
    owners = [one.get_decoded().get(SESSION_KEY) for one in Session.objects.all()]
    return owners.count(str(user.pk))
