"""How many wrong passwords are taken, from whom and for whom (requirement A04).

An account and an address together have few tries. The account alone has more, slowly, and none of
them is taken from a place where its owner has signed in before: whoever guesses elsewhere does not
lock the owner out. An address alone has a limit over all accounts.
"""

from datetime import timedelta
from functools import cached_property

from allauth.account.models import EmailAddress

from portal.accounts.services import attempts
from portal.accounts.services.attempts import Limit
from portal.models import User

HERE = Limit("wrong password for an account from an address", 5, timedelta(minutes=5))
ELSEWHERE = Limit("wrong password for an account", 20, timedelta(hours=1))
ADDRESS = Limit("wrong password from an address", 50, timedelta(minutes=15))


class Try:
    """One password that is about to be checked, for an account that may not exist."""

    def __init__(self, *, place: str, email: str = "", username: str = ""):
        self.place = place
        self.user_id = _account(email, username)
        self.account = self.user_id or (email or username).strip().lower()

    def may(self) -> bool:
        """Count it as wrong beforehand; False if it may not be checked. At most eleven queries."""
        return (
            attempts.take(HERE, self.account, self.place)
            and (self._is_at_home or attempts.take(ELSEWHERE, self.account))
            and attempts.take(ADDRESS, self.place)
        )

    def was_right(self) -> None:
        """Take back what was counted, and know the place from now on. At most five queries."""
        if not self._is_at_home:
            attempts.give_back(ELSEWHERE, self.account)
        attempts.clear(HERE, self.account, self.place)
        attempts.give_back(ADDRESS, self.place)
        if self.user_id:
            attempts.remember(self.user_id, place=self.place)

    def start_anew(self) -> None:
        """After a reset of the password: its owner has shown who they are."""
        attempts.clear(HERE, self.account, self.place)
        attempts.clear(ELSEWHERE, self.account)

    @cached_property
    def _is_at_home(self) -> bool:
        return bool(self.user_id) and attempts.is_known(self.user_id, place=self.place)


def _account(email: str, username: str) -> int | None:
    """One query, whether there is one or not: unknown accounts take equally long."""
    if email:
        found = EmailAddress.objects.filter(email=email.strip().lower())
        return found.order_by("-verified", "pk").values_list("user_id", flat=True).first()
    found = User.objects.filter(username__iexact=username.strip())
    return found.values_list("pk", flat=True).first()
