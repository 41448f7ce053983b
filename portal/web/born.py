"""The age of a patient whose date of birth is not known (requirement A16)."""

from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _


def about_year(year: int | None) -> str:
    """“about 1961”; "" without a year."""
    return _about(year, get_language()) if year else ""


@lru_cache(maxsize=500)
def _about(year: int, _language: str | None) -> str:
    return _("about %(year)s") % {"year": year}
