"""All events, by name. Each package declares its own in its `events.py`, which portal/apps.py
imports at start-up; this module imports none of those packages."""

from portal.notifications.declaration import Event

EVENTS: dict[str, Event] = {}


def register(*events: Event) -> None:
    """Add these events. Raises ValueError if the name exists already."""
    for event in events:
        if event.name in EVENTS:
            raise ValueError(f"There is an event “{event.name}” already")
        EVENTS[event.name] = event


def label_of(name: str) -> str:
    """The label of an event; the bare name if it is not declared any more."""
    return str(EVENTS[name].label) if name in EVENTS else name
