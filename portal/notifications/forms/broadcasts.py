"""A message from the clinic to many recipients, and the filters of the message list (requirement
D03)."""

import uuid
from collections.abc import Iterable

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from portal.enums import Audience, Channel, NotificationState, Role, UserState
from portal.models import Broadcast, Doctor, Office, User
from portal.notifications.queries.ledger import LedgerFilter
from portal.notifications.registry import EVENTS
from portal.web.date_fields import DayField
from portal.web.id_fields import IdField
from portal.web.own_fields import own_field
from portal.web.text_fields import LineField

TITLE, TEXT = 120, 2000  # characters

# The field that selects the recipients, and the error if it is empty.
TARGETS: dict[str, dict[str, StrOrPromise]] = {
    Audience.USER: {"user": _("Find the person and choose them.")},
    Audience.ROLE: {"role": _("Choose a role.")},
    Audience.OFFICE: {"office": _("Choose an office.")},
    Audience.DOCTOR_DAY: {"doctor": _("Choose a doctor."), "day": _("Enter the day.")},
}


class PlainTextField(forms.CharField):
    """Stores each line break as one character; browsers send two."""

    def to_python(self, value) -> str:
        return super().to_python((value or "").replace("\r\n", "\n")) or ""


class BroadcastForm(forms.Form):
    """`token` is used once: the same form sent twice sends one message."""

    audience = forms.ChoiceField(
        label=_("Who gets it"),
        choices=Audience,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say who gets it.")},
    )
    q = forms.CharField(label=_("Name or email address"), required=False, max_length=100)
    user = forms.ModelChoiceField(
        User.objects.filter(state=UserState.ACTIVE), label=_("Person"), required=False
    )
    role = forms.ChoiceField(
        label=_("Role"),
        help_text=_("Everybody of that role who has an account."),
        choices=[("", "—"), *Role.choices],
        required=False,
    )
    office = forms.ModelChoiceField(
        Office.objects.order_by("search_name"),
        label=_("Office"),
        help_text=_("Who had an appointment there in the last twelve months, or has one ahead."),
        required=False,
        empty_label="—",
    )
    doctor = forms.ModelChoiceField(
        Doctor.objects.order_by("search_name"), label=_("Doctor"), required=False, empty_label="—"
    )
    day = DayField(required=False)
    title = LineField(
        label=_("Title"),
        help_text=_("The subject of the mail. Up to 120 characters, and nothing medical."),
        max_length=TITLE,
        error_messages={"required": _("Write a title.")},
    )
    text = PlainTextField(
        label=_("Message"),
        help_text=_("Plain text, up to 2,000 characters; it is shown exactly as you type it."),
        max_length=TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Write the message.")},
    )
    channels = forms.MultipleChoiceField(
        label=_("How it is sent"), required=False, widget=forms.CheckboxSelectMultiple
    )
    token = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"required": _("Please send the form again.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["day"].label = _("Day")
        self.fields["day"].widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        offered = [Channel.EMAIL, *([Channel.SMS] if settings.SMS_URL else [])]
        channels = own_field(self, "channels", forms.MultipleChoiceField)
        channels.choices = [(one.value, one.label) for one in offered]
        self.initial.setdefault("token", uuid.uuid4())
        self.initial.setdefault("channels", [Channel.EMAIL])
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean(self):
        """Validates only the fields of the chosen audience and ignores the others."""
        super().clean()
        values = self.cleaned_data
        wanted = TARGETS.get(values.get("audience", ""), {})
        for field in {name for one in TARGETS.values() for name in one} - set(wanted):
            self.errors.pop(field, None)
            values[field] = None
        for field, sentence in wanted.items():
            if not values.get(field) and field not in self.errors:
                self.add_error(field, sentence)
        return values

    @property
    def draft(self) -> Broadcast:
        """The Broadcast that a valid form describes, not saved."""
        values = self.cleaned_data
        return Broadcast(
            channels=" ".join([Channel.PORTAL, *values["channels"]]),
            role=values["role"] or "",
            form_token=values["token"],
            **{
                name: values[name]
                for name in ("audience", "user", "office", "doctor", "day", "title", "text")
            },
        )


class LedgerForm(forms.Form):
    """Reads the filters from the URL and ignores invalid values."""

    state = forms.ChoiceField(required=False, choices=NotificationState)
    channel = forms.ChoiceField(required=False, choices=Channel)
    event = forms.ChoiceField(required=False)
    q = forms.CharField(required=False, validators=[MaxLengthValidator(100)])
    day = DayField(required=False)
    broadcast = IdField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        own_field(self, "event", forms.ChoiceField).choices = event_choices()

    @property
    def wanted(self) -> LedgerFilter:
        self.is_valid()
        values = {name: value or None for name, value in self.cleaned_data.items()}
        text = values.pop("q", None)
        return LedgerFilter(
            **{name: value for name, value in values.items() if value}, text=text or ""
        )


def event_choices() -> Iterable[tuple[str, StrOrPromise]]:
    return [(event.name, event.label) for event in EVENTS.values()]
