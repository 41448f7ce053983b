"""Limits on wrong passwords; see docs/decisions/sign-in-limits.md (requirement A04)."""

from datetime import timedelta
from functools import cached_property

from allauth.account.models import EmailAddress

from portal.accounts.services import attempts
from portal.accounts.services.attempts import Limit
from portal.models import User

PER_ACCOUNT_AND_ADDRESS = Limit("password: account and address", 5, timedelta(minutes=5))
# Not taken at addresses from which the account's owner has signed in before.
PER_ACCOUNT = Limit("password: account", 20, timedelta(hours=1))
PER_ADDRESS = Limit("password: address", 50, timedelta(minutes=15))


class PasswordAttempt:
    """A password that is about to be checked, for an account that may not exist.

    `address`: the result of `web.addresses.network_of`.
    """

    def __init__(self, *, address: str, email: str = "", username: str = ""):
        self.address = address
        self.user_id = _account(email, username)
        self.account = self.user_id or (email or username).strip().lower()

    def may(self) -> bool:
        """Count the password as wrong beforehand; False if it must not be checked.

        At most eleven queries. Writes AttemptCount.
        """
        return (
            attempts.take(PER_ACCOUNT_AND_ADDRESS, self.account, self.address)
            and (self._is_known or attempts.take(PER_ACCOUNT, self.account))
            and attempts.take(PER_ADDRESS, self.address)
        )

    def was_right(self) -> None:
        """Undo the count and remember the address.

        At most five queries. Writes AttemptCount and KnownAddress.
        """
        if not self._is_known:
            attempts.give_back(PER_ACCOUNT, self.account)
        attempts.clear(PER_ACCOUNT_AND_ADDRESS, self.account, self.address)
        attempts.give_back(PER_ADDRESS, self.address)
        if self.user_id:
            attempts.remember(self.user_id, address=self.address)

    def clear(self) -> None:
        """Reset the counts of the account after a password reset. Writes AttemptCount."""
        attempts.clear(PER_ACCOUNT_AND_ADDRESS, self.account, self.address)
        attempts.clear(PER_ACCOUNT, self.account)

    @cached_property
    def _is_known(self) -> bool:
        if self.user_id is None:
            return False
        return attempts.is_known(self.user_id, address=self.address)


def _account(email: str, username: str) -> int | None:
    """One query whether the account exists or not, so unknown accounts take equally long."""
    if email:
        found = EmailAddress.objects.filter(email=email.strip().lower())
        return found.order_by("-verified", "pk").values_list("user_id", flat=True).first()
    found = User.objects.filter(username__iexact=username.strip())
    return found.values_list("pk", flat=True).first()
