"""Short ways to say weekly hours, and what became of them, around 4 March 2026 in Madrid."""

from datetime import date, time, timedelta

from portal.diary.services import hours
from portal.models import WeeklyHours

TODAY = date(2026, 3, 3)  # a Tuesday
WEDNESDAY, THURSDAY = TODAY + timedelta(days=1), TODAY + timedelta(days=2)


def block(office, hours: str = "09:00–10:00", weekday: int = 2, **fields) -> WeeklyHours:
    """Not saved; of a Wednesday unless said otherwise."""
    starts, ends = (time.fromisoformat(text) for text in hours.split("–"))
    return WeeklyHours(
        office=office,
        weekday=weekday,
        starts=starts,
        ends=ends,
        valid_from=fields.pop("valid_from", TODAY),
        **fields,
    )


def confirmed(verb, thing, **values):
    """Do what a person does: look at the plan, then confirm it."""
    seen = verb(thing, confirmed=None, **values)
    return verb(thing, confirmed=seen.digest, **values)


def give(doctor, *texts: str, by=None, office=None, **fields) -> list[WeeklyHours]:
    """The doctor has these hours, and the slots of them."""
    blocks = [block(office or doctor.office, text, **fields) for text in texts]
    known = set(doctor.weekly_hours.values_list("pk", flat=True))
    confirmed(hours.add, doctor, blocks=blocks, by=by or doctor.user)
    return list(doctor.weekly_hours.exclude(pk__in=known).order_by("starts"))


def set_exception(doctor, day: date, *texts: str, by=None):
    stretches = [tuple(time.fromisoformat(one) for one in text.split("–")) for text in texts]
    return confirmed(
        hours.set_exception,
        doctor,
        office=doctor.office,
        day=day,
        stretches=stretches,
        by=by or doctor.user,
    )
