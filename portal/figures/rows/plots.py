"""Bars for the plots of the figures page: whole numbers in the units of its SVG."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from portal.figures.queries.weekly import Week

WIDTH, HEIGHT = 600, 160
_GAP = 6
_ROUND_TOPS = (1, 2, 3, 5, 8, 10, 15, 20, 30, 50, 80, 100)


@dataclass(frozen=True, slots=True)
class Series:
    """One part of each bar. `value` of a week; None is drawn as nothing and told as “–”."""

    label: StrOrPromise
    value: Callable[[Week], float | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A plot before it is drawn. `top`: the value at the upper edge; None fits the highest bar."""

    name: str
    title: StrOrPromise
    text: StrOrPromise
    unit: str  # "percent", "days" or "number"
    series: tuple[Series, ...]
    top: float | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    series: int
    x: int
    y: int
    width: int
    height: int
    is_present: bool  # of the week that is not over


@dataclass(frozen=True, slots=True)
class Plot:
    kind: Kind
    latest: str  # the last full week
    latest_week: str
    pieces: list[Piece]
    top: str
    first: str
    last: str
    rows: list[tuple[str, list[str]]]

    @property
    def labels(self) -> list[StrOrPromise]:
        return [one.label for one in self.kind.series]


KINDS = (
    Kind(
        "utilisation",
        _("Utilisation"),
        _("Booked part of the offered time"),
        "percent",
        (Series(_("Booked"), lambda week: week.utilisation),),
        top=1,
    ),
    Kind(
        "no-shows",
        _("No-show rate"),
        _("Of the appointments that have taken place or were missed"),
        "percent",
        (Series(_("Did not attend"), lambda week: week.no_show_rate),),
    ),
    Kind(
        "days-ahead",
        _("From booking to visit"),
        _("Mean number of days"),
        "days",
        (Series(_("Days"), lambda week: week.days_ahead),),
    ),
    Kind(
        "cancellations",
        _("Cancellations"),
        _("Cancelled appointments of the week"),
        "number",
        (
            Series(_("By patients"), lambda week: week.cancelled_by_patients),
            Series(_("By the clinic"), lambda week: week.cancelled_by_clinic),
        ),
    ),
    Kind(
        "sources",
        _("Source of bookings"),
        _("Who booked the appointments of the week"),
        "number",
        (
            Series(_("Patients online"), lambda week: week.by_patients),
            Series(_("Front desk"), lambda week: week.by_desk),
            Series(_("Doctors"), lambda week: week.by_doctors),
        ),
    ),
)


def plots(weeks: Sequence[Week]) -> list[Plot]:
    """One for each of KINDS. The last of `weeks` is not over and is drawn lighter."""
    return [_plot(kind, weeks) for kind in KINDS]


def _plot(kind: Kind, weeks: Sequence[Week]) -> Plot:
    sums = [sum(one.value(week) or 0 for one in kind.series) for week in weeks]
    top = kind.top or _round_top(max(sums), kind.unit)
    last_full = weeks[-2]
    return Plot(
        kind=kind,
        latest=_told(kind, last_full),
        latest_week=_day(last_full.starts),
        pieces=list(
            chain.from_iterable(_bar(kind, weeks, place, top) for place in range(len(weeks)))
        ),
        top=_words(top, kind.unit),
        first=_day(weeks[0].starts),
        last=_day(weeks[-1].starts),
        rows=[
            (_day(week.starts), [_words(one.value(week), kind.unit) for one in kind.series])
            for week in reversed(weeks)
        ],
    )


def _bar(kind: Kind, weeks: Sequence[Week], place: int, top: float) -> list[Piece]:
    step = WIDTH / len(weeks)
    x, width, base, pieces = round(place * step), max(2, round(step) - _GAP), HEIGHT, []
    for number, one in enumerate(kind.series):
        height = round(HEIGHT * min(1, (one.value(weeks[place]) or 0) / top))
        base -= height
        if height:
            present = place == len(weeks) - 1
            pieces.append(Piece(number + 1, x, base, width, height, present))
    return pieces


def _round_top(highest: float, unit: str) -> float:
    """A round value not below the highest bar."""
    scale = 0.01 if unit == "percent" else 1.0
    while highest > _ROUND_TOPS[-1] * scale:
        scale *= 10
    return next(scale * top for top in _ROUND_TOPS if scale * top >= highest)


def _told(kind: Kind, week: Week) -> str:
    values = [one.value(week) for one in kind.series]
    if all(value is None for value in values):
        return "–"
    return _words(sum(value or 0 for value in values), kind.unit)


def _words(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    if unit == "percent":
        return f"{number_format(100 * value, 0)} %"
    return number_format(value, 1 if unit == "days" else 0)


def _day(day: date) -> str:
    return date_format(day, "j M Y")
