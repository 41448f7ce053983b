"""The facts that are noted with a notification: their types, and how templates print them.

A package describes the facts of its events in subclasses of `Facts`: a fact without a default is
required. Facts are stored as JSON, moments as ISO text in UTC:

    class OfficeMoved(Facts):
        office: PlaceName
        zone: str
        moves_at: Moment
        note: Text = ""
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from portal.notifications.letters import lines, one_line


@dataclass(frozen=True)
class Place:
    """An office; only mails contain its address and phone."""

    name: str
    time_zone: str
    address: str = ""
    phone: str = ""

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class OnClock:
    """A time, printed in the zone that the first existing one of these facts gives."""

    zones: tuple[str, ...] = ("zone",)

    def printed(self, value: str, facts: dict) -> datetime:
        return local(value, _zone(self.zones, facts))


@dataclass(frozen=True)
class AtPlace:
    """The name of an office in that zone."""

    zones: tuple[str, ...] = ("zone",)

    def printed(self, value: str, facts: dict) -> Place:
        return Place(one_line(value), _zone(self.zones, facts))


class SeveralLines:
    """A text in which line breaks are kept."""

    def printed(self, value: str, facts: dict) -> str:
        return lines(value)


Moment = Annotated[str, OnClock()]
PlaceName = Annotated[str, AtPlace()]
Text = Annotated[str, SeveralLines()]


class Facts:
    """No facts, for events that need none."""

    @classmethod
    def derived(cls, printed: dict) -> dict:
        """Values for templates that are computed from the printed facts."""
        return {}


def check(described: type[Facts], facts: dict) -> None:
    """Raises TypeError if a fact is missing, unknown or of another type.

    Every event has the fact `for`, the kind of the recipient, and may have `proxy`, the name of
    the user who is told in the recipient's place.
    """
    types = types_of(described) | {"for": str, "proxy": str}
    needed = [name for name in types_of(described) if not hasattr(described, name)]
    wrong = [f"{name} is missing" for name in needed if name not in facts]
    for name, value in facts.items():
        if name not in types:
            wrong.append(f"{name} is unknown")
        elif not _fits(types[name], value):
            wrong.append(f"{name} is {value!r}")
    if wrong:
        raise TypeError(f"{described.__name__}: {', '.join(wrong)}")


def printed(described: type[Facts], facts: dict) -> dict:
    """The facts for a template: times in a zone, typed text on one line; lists of facts too.

    Facts include typed text. Each is reduced to one line, so a name cannot add a header or a
    paragraph. Rows of earlier versions may lack facts, or have more.
    """
    types = types_of(described)
    told = {name: _printed(types.get(name), value, facts) for name, value in facts.items()}
    missing_lists: dict[str, Any] = {
        name: [] for name, kind in types.items() if get_origin(kind) is list
    }
    told = missing_lists | told
    return told | described.derived(told)


def local(moment: str, zone: str) -> datetime:
    """Naive on purpose, or the `date` filter would turn it back into the server's zone."""
    return datetime.fromisoformat(moment).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


_types: dict[type[Facts], dict[str, Any]] = {}


def types_of(described: type[Facts]) -> dict[str, Any]:
    """The types by the names of the facts, including those of base classes."""
    if described not in _types:
        _types[described] = get_type_hints(described, include_extras=True)
    return _types[described]


def _printed(kind: Any, value: Any, facts: dict) -> Any:
    if get_origin(kind) is Annotated:
        return get_args(kind)[1].printed(value, facts)
    if get_origin(kind) is list:
        of = get_args(kind)[0]
        is_facts = isinstance(of, type) and issubclass(of, Facts)
        return [printed(of, one) if is_facts else _printed(of, one, facts) for one in value]
    return one_line(value) if isinstance(value, str) else value


def _fits(kind: Any, value: Any) -> bool:
    if get_origin(kind) is Annotated:
        base, printer = get_args(kind)
        is_moment = isinstance(printer, OnClock)
        return isinstance(value, base) and (not is_moment or _is_instant(value))
    if get_origin(kind) is list:
        return isinstance(value, list)
    return isinstance(value, kind)


def _is_instant(value: str) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _zone(names: tuple[str, ...], facts: dict) -> str:
    return next(facts[name] for name in names if name in facts)
