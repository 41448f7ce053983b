"""All events, by name. Each package declares its own in its `events.py`, which is read at start-up
(portal/apps.py); nothing here imports those packages."""

from portal.notifications.declaration import Event

EVENTS: dict[str, Event] = {}


def register(*events: Event) -> None:
    """Make these known. Raises ValueError if there is one of that name already."""
    for event in events:
        if event.name in EVENTS:
            raise ValueError(f"There is an event “{event.name}” already")
        EVENTS[event.name] = event


def label_of(name: str) -> str:
    """What people read for it; the bare name if nobody declares it any more."""
    return str(EVENTS[name].label) if name in EVENTS else name
