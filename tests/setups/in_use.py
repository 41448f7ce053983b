"""Sessions that stay in use, however long a world lives and however its time is set."""

from django.test import Client

from portal.accounts.sessions import BEGAN_AT, USED_AT

A_DAY_S = 24 * 60 * 60


def stay_signed_in(client: Client) -> Client:
    """For a day. So nothing is written either when the client's session is used."""
    session = client.session
    session[BEGAN_AT] += A_DAY_S
    session[USED_AT] += A_DAY_S
    session.save()
    return client
