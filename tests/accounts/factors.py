"""Second factors for tests: an app with its codes, and clients that have used one."""

import time

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client

from tests.factories import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def give_app(user) -> Authenticator:
    """An authenticator app and recovery codes."""
    RecoveryCodes.activate(user)
    return TOTP.activate(user, SECRET).instance


def give_password(user) -> None:
    """PASSWORD, in a form that a running portal can check: tests hash with another hasher."""
    user.password = PBKDF2PasswordHasher().encode(PASSWORD, "some-salt-of-twenty-two")
    user.save(update_fields=["password"])


def code(secret: str = SECRET, steps: int = 0) -> str:
    """What the app shows, so many half minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def wrong_code() -> str:
    right = {code(steps=steps) for steps in range(-2, 3)}
    return next(text for text in (f"{n:06}" for n in range(10)) if text not in right)


def recovery_codes(user) -> list[str]:
    found = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    return found.wrap().get_unused_codes()


def has_proved(client: Client, user, **more) -> None:
    """The session notes what allauth notes after a code; `reauthenticated=True`: just now."""
    record = {"method": "mfa", "at": time.time(), "type": "totp", **more}
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [record]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()
