"""Limits on wrong codes of a second factor (requirement A12).

Only somebody who knows the password is asked for a code, so the account is what is counted by.
"""

from datetime import timedelta

from portal.accounts.services import attempts
from portal.accounts.services.attempts import Limit

SOON = Limit("code: account", 5, timedelta(minutes=5))
LONG = Limit("code: account, long", 20, timedelta(hours=12))
# Longer than any code of an app is valid, with the tolerance for its clock.
ONCE = Limit("code: used", 1, timedelta(minutes=5))


def take(user_id: int) -> bool:
    """Count a code as wrong before it is checked; False if it must not be checked.

    At most six queries. Writes AttemptCount.
    """
    return attempts.take(SOON, user_id) and attempts.take(LONG, user_id)


def was_right(user_id: int) -> None:
    """Undo the counts of a code that was right. Two queries. Writes AttemptCount."""
    attempts.clear(SOON, user_id)
    attempts.give_back(LONG, user_id)


def use(user_id: int, code: str) -> bool:
    """Whether this is the first use of that code of an app: it counts once, also in parallel."""
    return attempts.take(ONCE, user_id, "".join(code.split()))
