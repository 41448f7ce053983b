"""Validates new passwords (requirement A04). Existing passwords stay valid until they are
changed."""

import lzma
from functools import cache
from pathlib import Path

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

COMMON = Path(__file__).parent / "data/common-passwords.txt.xz"


class CommonPasswordValidator(password_validation.CommonPasswordValidator):
    """Refuses common passwords: Django's list of twenty thousand, and two hundred thousand more."""

    def validate(self, password: str, user=None) -> None:
        if is_common(password):
            raise ValidationError(self.get_error_message(), code="password_too_common")
        super().validate(password, user)

    def get_error_message(self) -> str:
        return _("This password is known from break-ins and tried first. Choose another one.")


class LengthValidator:
    """Requires more characters if the password is the only factor."""

    def __init__(self, alone: int = 10, with_second_factor: int = 8):
        self.alone, self.with_second_factor = alone, with_second_factor

    def validate(self, password: str, user=None) -> None:
        least = self.with_second_factor if has_second_factor(user) else self.alone
        if len(password) < least:
            message = ngettext(
                "This password is too short. Use at least %(least)d character.",
                "This password is too short. Use at least %(least)d characters.",
                least,
            )
            raise ValidationError(message, code="password_too_short", params={"least": least})

    def get_help_text(self) -> str:
        return _("At least %(least)d characters.") % {"least": self.alone}


def has_second_factor(user) -> bool:
    """Whether the account has a second factor: one query."""
    if user is None or user.pk is None:
        return False
    from allauth.mfa.utils import is_mfa_enabled  # deferred: validators load before the models

    return is_mfa_enabled(user)


def is_common(password: str) -> bool:
    """Whether the list contains it, in any case: one millisecond at most."""
    word = password.strip().lower()
    return bool(word) and "\n" not in word and f"\n{word}\n".encode("utf-8", "replace") in _common()


@cache
def _common() -> bytes:
    """Two megabytes, read at the first use in each process. A set would take twenty."""
    return lzma.decompress(COMMON.read_bytes())
