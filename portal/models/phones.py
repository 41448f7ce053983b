"""Checks that a typed phone number is one number, of which nothing would be lost."""

import re
import unicodedata

from phonenumber_field.phonenumber import PhoneNumber
from phonenumbers import national_significant_number

# What a number is written with; letters and second numbers are no part of it.
_WRITTEN = re.compile(r"[+\d\s().\-/\u2010-\u2015\u2212]*")


def is_whole(typed: str, number: PhoneNumber) -> bool:
    """Everything that was typed is in `number`: no extension, no words, no second number.

    The prefix digits for area or country codes are not stored, nor is a “(0)”.
    """
    text = unicodedata.normalize("NFKC", typed).replace("(0)", " ")
    if number.extension or not _WRITTEN.fullmatch(text):
        return False
    digits = re.sub(r"\D", "", text)
    return digits.endswith(national_significant_number(number))
