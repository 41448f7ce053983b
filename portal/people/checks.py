"""Checks of what is typed about a patient; each returns the value as it is stored, or raises
PortalError."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber
from phonenumbers import NumberParseException

from portal.clock.today import today_of_clinic
from portal.errors import PortalError
from portal.models import Patient
from portal.models.lengths import longest
from portal.models.names import joined, one_line
from portal.models.phones import is_whole

LONGEST_NAME = longest(Patient, "name")
OLDEST = 1900  # year of birth


def checked_name(text: str) -> str:
    """A name on one line. Raises PortalError."""
    name = one_line(text)
    if not joined(name):
        raise PortalError(_("Enter the patient’s name."), field="name")
    if len(name) > LONGEST_NAME:
        raise PortalError(_("This name is too long."), field="name")
    return name


def checked_phone(phone: PhoneNumber | str, region: str | None, *, field: str) -> PhoneNumber:
    """One valid number; without a country code it belongs to `region`. Raises PortalError about
    `field`."""
    try:
        number = PhoneNumber.from_string(str(phone), region=region)
    except NumberParseException:
        number = None
    if number is None or not number.is_valid():
        raise PortalError(_("Enter a phone number."), field=field)
    if not is_whole(str(phone), number):
        raise PortalError(_("Enter one phone number alone."), field=field)
    return number


def checked_birthday(born: date | None, today: date | None) -> date | None:
    """Not in the future at the office, where it is `today`. Raises PortalError."""
    if born and born > (today or today_of_clinic()):
        raise PortalError(_("The date of birth cannot be in the future."), field="date_of_birth")
    return born


def checked_year(about: int | None, born: date | None, today: date | None) -> int | None:
    """The year of birth of somebody whose date of birth is not known. Raises PortalError."""
    if about is None:
        return None
    if born:
        text = _("Leave this empty: the date of birth is known.")
        raise PortalError(text, field="birth_year_about")
    if not OLDEST <= about <= (today or today_of_clinic()).year:
        text = _("Enter a year between 1900 and this year, with four digits.")
        raise PortalError(text, field="birth_year_about")
    return about


def checked_email(text: str) -> str:
    """A valid address in lower case, or "". Raises PortalError."""
    address = text.strip().lower()
    try:
        if address:
            validate_email(address)
    except ValidationError as error:
        raise PortalError(_("Enter a valid email address."), field="email") from error
    return address
