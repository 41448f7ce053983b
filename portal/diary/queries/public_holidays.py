"""Public holidays of countries and regions. An office confirms which of them apply (B03)."""

import re
from datetime import date
from functools import cache

from holidays import country_holidays, list_supported_countries
from holidays.registry import COUNTRIES

from portal.models.names import fold

LANGUAGES = ("en_GB", "en_US")  # whichever the calendar speaks, or else the country's own


@cache
def countries() -> list[tuple[str, str]]:
    """Codes (ISO 3166-1, two letters) and names of the supported countries."""
    supported = list_supported_countries(include_aliases=False)
    named = {code: _spaced(name) for name, code, *_others in COUNTRIES.values()}
    return sorted(
        ((code, named.get(code, code)) for code in supported), key=lambda country: country[1]
    )


@cache
def regions(country: str) -> list[tuple[str, str]]:
    """Codes (the second half of ISO 3166-2) and names of a country's regions; empty if unknown."""
    codes = list_supported_countries(include_aliases=False).get(country, [])
    if not codes:
        return []
    names: dict[str, str] = {}
    for name, code in getattr(country_holidays(country), "subdivisions_aliases", {}).items():
        names.setdefault(code, name)
    return sorted(((code, names.get(code, code)) for code in codes), key=lambda one: fold(one[1]))


def public_holidays(country: str, region: str, first: date, last: date) -> dict[date, str]:
    """Date → name of the public holidays from `first` to `last`, both included. No query.

    Those of the whole country if the region is empty. Empty if the country or region is unknown.
    """
    if country not in dict(countries()):
        return {}
    if region and region not in dict(regions(country)):
        return {}
    spoken = getattr(country_holidays(country), "supported_languages", ())
    found = country_holidays(
        country,
        subdiv=region or None,
        years=range(first.year, last.year + 1),
        language=next((one for one in LANGUAGES if one in spoken), None),
    )
    return {day: name[:80] for day, name in sorted(found.items()) if first <= day <= last}


def _spaced(name: str) -> str:
    """“UnitedKingdom” → “United Kingdom”."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return re.sub(r"\b(And|Of|The)\b", lambda word: word.group().lower(), words)
