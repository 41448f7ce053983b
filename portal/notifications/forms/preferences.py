"""Which messages a user gets by which channel: one checkbox for each (requirement D01)."""

from dataclasses import dataclass

from django import forms
from django.conf import settings
from django_stubs_ext import StrOrPromise

from portal.enums import Channel
from portal.models import User
from portal.notifications.declaration import Event, Topic
from portal.notifications.registry import EVENTS
from portal.notifications.services.preferences import events_for
from portal.web.own_fields import own_field


@dataclass(frozen=True)
class Box:
    channel: Channel
    value: str  # `event:channel`
    label: StrOrPromise
    is_on: bool
    is_fixed: bool

    @property
    def id(self) -> str:
        return f"id_on_{self.value.replace(':', '_')}"


@dataclass(frozen=True)
class PreferenceRow:
    name: str
    label: StrOrPromise
    boxes: list[Box]


@dataclass(frozen=True)
class Group:
    topic: Topic
    rows: list[PreferenceRow]


class PreferencesForm(forms.Form):
    """`on` holds the ticked boxes. Channels that cannot reach the user are not shown and keep their
    value. `phone` is the number for SMS, if there is one."""

    on = forms.MultipleChoiceField(required=False)

    def __init__(self, *args, user: User, phone: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.can_sms = bool(settings.SMS_URL and phone)
        told = events_for(user)
        rows = [self._row(EVENTS[name], channels) for name, channels in told.items()]
        self.groups = _groups(rows)
        self.offered = [
            (box.value, box.label) for row in rows for box in row.boxes if not box.is_fixed
        ]
        own_field(self, "on", forms.MultipleChoiceField).choices = self.offered

    def off(self) -> set[str]:
        """Everything that is to be switched off, once the form is valid."""
        shown = {value for value, _label in self.offered}
        kept = set(self.user.switched_off.split()) - shown
        return kept | (shown - set(self.cleaned_data["on"]))

    def _row(self, event: Event, channels: tuple[Channel, ...]) -> PreferenceRow:
        boxes = [
            Box(
                channel=channel,
                value=f"{event.name}:{channel}",
                label=channel.label,
                is_on=channel not in event.opt_out or self._is_on(event, channel),
                is_fixed=channel not in event.opt_out,
            )
            for channel in channels
            if channel != Channel.SMS or self.can_sms
        ]
        return PreferenceRow(event.name, event.label, boxes)

    def _is_on(self, event: Event, channel: Channel) -> bool:
        if self.is_bound:
            return f"{event.name}:{channel}" in (self["on"].value() or [])
        return self.user.wants(event.name, channel)


def _groups(rows: list[PreferenceRow]) -> list[Group]:
    """By topic, in the order in which the topics were declared."""
    topics = dict.fromkeys(event.topic for event in EVENTS.values())
    return [
        Group(topic, [row for row in rows if EVENTS[row.name].topic == topic]) for topic in topics
    ]
