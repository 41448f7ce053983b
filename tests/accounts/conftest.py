"""Mail and sign-up for all tests of accounts."""

from tests.accounts.views.conftest import mails, sign_up

__all__ = ["mails", "sign_up"]
