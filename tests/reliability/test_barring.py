"""Two act on accounts at once: an active admin remains, and a link makes one account."""

from unittest.mock import patch

from portal.accounts.services import invitations, standing
from portal.models import Invitation, User, locks
from tests.factories import AdminFactory, InvitationFactory
from tests.reliability.clinic import refusal_of
from tests.servers.client import race

ROUNDS = 5


def blocking(user, by):
    return lambda: refusal_of(lambda: standing.block(user, reason="So", by=by))


def active_admins() -> int:
    return User.objects.filter(role="admin", state="active").count()


def test_A10_two_admins_who_block_each_other(database):
    for _round in range(ROUNDS):
        User.objects.filter(role="admin").update(state="closed")
        one, other = AdminFactory(), AdminFactory()

        refusals = race([blocking(one, other), blocking(other, one)])

        assert active_admins() == 1
        assert sum(one is None for one in refusals) == 1


def test_A11_two_admins_who_close_their_own_account(database):
    for _round in range(ROUNDS):
        User.objects.filter(role="admin").update(state="closed")
        pair = [AdminFactory(), AdminFactory()]

        race([lambda one=one: refusal_of(lambda: standing.close(one, by=one)) for one in pair])

        assert active_admins() == 1


def test_A03_a_link_makes_one_account(database):
    for _round in range(ROUNDS):
        pk = InvitationFactory().pk
        found = [Invitation.objects.get(pk=pk) for _one in range(2)]

        refusals = race(
            [
                lambda one=one: refusal_of(
                    lambda: invitations.accept(one, name="R", password="x" * 12, by=None)
                )
                for one in found
            ]
        )

        assert sum(one is None for one in refusals) == 1
        assert User.objects.filter(email=found[0].email).count() == 1


def test_proof_that_reading_again_under_the_lock_keeps_an_admin(database):
    one, other = AdminFactory(), AdminFactory()
    before = User.objects.in_bulk([one.pk, other.pk])

    with patch.object(locks, "users", lambda *_pks, with_admins: dict(before)):
        standing.block(one, reason="So", by=other)
        before[one.pk].state = "active"  # as it was when the second one looked
        standing.block(other, reason="So", by=one)

    assert active_admins() == 0
