"""Licence numbers of doctors, of which each belongs to one (requirement A02)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.errors import PortalError


@contextmanager
def refusing_a_known_one() -> Iterator[None]:
    """A savepoint in which a doctor is saved. Raises PortalError if the number is another's: it is
    compared without blanks and case, and nothing is said about whose it is."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "licence" not in str(error):
            raise
        text = _("This licence number is registered already. If it is yours, call the clinic.")
        raise PortalError(text, field="licence_number") from error
