"""Times on the office's clock, money, icons, and words that several pages use."""

from datetime import datetime, time, timedelta
from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.web.born import about_year
from portal.web.filled import Filled, filled

register = template.Library()

SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$"}


@register.filter
def local(moment: datetime, office) -> datetime:
    """`slot.starts_at|local:slot.office|date:"H:i"`: the moment on the clock of an office.

    Naive on purpose, or the `date` filter would turn it back into the server's zone.
    """
    return moment.astimezone(office.zone).replace(tzinfo=None)


@register.filter
def when(thing) -> str:
    """`appointment|when`: “Tuesday 4 March 2026, 13:30” at the thing's office."""
    return date_format(local(thing.starts_at, thing.office), "l j F Y, H:i")


@register.filter
def born(patient, form: str = "j F Y") -> str:
    """`patient|born`: “4 March 1980”, “about 1961” of somebody whose date of birth is not known, or
    ""."""
    if patient.date_of_birth:
        return date_format(patient.date_of_birth, form)
    return about_year(patient.birth_year_about)


@register.filter
def stretch(away, office) -> str:
    """`time_off|stretch:office`: “Wed 4 March 2026, 10:00 to Fri 6 March 2026”, in whole days where
    it is from midnight to midnight on the office's clock."""
    starts, ends = local(away.starts_at, office), local(away.ends_at, office)
    first, last = date_format(starts, "D j F Y"), date_format(ends, "D j F Y")
    if ends.time() == time():
        last = date_format(ends - timedelta(days=1), "D j F Y")
        if starts.time() == time():
            said = {"first": first, "last": last}
            return first if first == last else _("%(first)s to %(last)s") % said
        until = _("midnight")
    else:
        until = f"{ends:%H:%M}"
    said = {"first": first, "from": f"{starts:%H:%M}", "last": last, "until": until}
    if first == last:
        return _("%(first)s, %(from)s–%(until)s") % said
    return _("%(first)s, %(from)s to %(last)s, %(until)s") % said


@register.filter
def in_fours(text: str) -> list[str]:
    """`secret|in_fours`: its characters by four, so that they can be copied by eye."""
    return [text[at : at + 4] for at in range(0, len(text), 4)]


@register.filter
def zone_name(office) -> str:
    """`office|zone_name`: “Madrid time”."""
    city = office.time_zone.rpartition("/")[2].replace("_", " ")
    return _("%(city)s time") % {"city": city}


@register.filter
def place(thing) -> str:
    """`appointment|place`: “By video”, or the name of the office; of a slot the latter."""
    return _("By video") if getattr(thing, "is_by_video", False) else thing.office.name


@register.filter
def money(cents: int, currency: str) -> str:
    """`doctor.fee_cents|money:clinic.currency`: “€60” or “€62.50”."""
    amount = f"{cents // 100}" if cents % 100 == 0 else f"{cents / 100:.2f}"
    symbol = SYMBOLS.get(currency)
    return f"{symbol}{amount}" if symbol else f"{amount} {currency}"


@register.simple_tag
@lru_cache(maxsize=200)
def icon(name: str, css: str = "") -> SafeString:
    """`{% icon "clock" %}`: a symbol of img/icons.svg, for the eyes only; `css`: more classes."""
    address = f"{static('img/icons.svg')}#{name}"
    classes = f"icon {css}".rstrip()
    return filled("components/icon.html").fill(classes=classes, address=address)


@register.filter
def initials(name: str) -> str:
    """“Dr José Núñez” → “JN”."""
    words = [word for word in name.split() if word.rstrip(".") not in ("Dr", "Dra", "Prof")]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words))


@register.filter
def options(choices: list[tuple]) -> SafeString:
    """`<option>`s of (value, text, whether chosen); a loop in the template is slow."""
    forms = {is_chosen: _option(is_chosen) for is_chosen in (False, True)}
    return SafeString(
        "".join(
            [
                forms[bool(chosen)].fill(value=str(value), text=str(text))
                for value, text, chosen in choices
            ]
        )
    )


def _option(is_chosen: bool) -> Filled:
    return filled("components/option.html", is_chosen=is_chosen)
