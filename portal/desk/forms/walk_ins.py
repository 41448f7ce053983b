"""Booking a walk-in patient who is at the desk (requirement B21)."""

import uuid
from datetime import UTC, datetime

from crispy_forms.helper import FormHelper
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.clock.today import today_in
from portal.desk.services.walk_ins import LONGEST, SHORTEST, STARTED_AGO
from portal.web.own_fields import own_field


class WalkInForm(forms.Form):
    """`token` is used once: the same form sent again returns the appointment that it made
    before."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Optional. The patient can read it."),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    here = forms.BooleanField(
        label=_("The patient is here: note the arrival"), required=False, initial=True
    )
    token = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"required": _("Please send the form again.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("token", uuid.uuid4())
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class ExtraTimeForm(WalkInForm):
    """An extra time outside the doctor's slots, today in the time zone of the doctor's office."""

    doctor = forms.TypedChoiceField(label=_("Doctor"), coerce=int)
    start = forms.TimeField(
        label=_("Start"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 300}),
        error_messages={"invalid": _("Enter a time such as 14:05.")},
    )
    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=SHORTEST,
        max_value=LONGEST,
        widget=forms.NumberInput(attrs={"step": 5, "inputmode": "numeric"}),
    )
    field_order = ["doctor", "start", "minutes", "reason", "here", "token"]

    def __init__(self, *args, doctors: list[tuple[int, str]], **kwargs):
        super().__init__(*args, **kwargs)
        own_field(self, "doctor", forms.ChoiceField).choices = doctors
        self.fields["reason"].required = True
        self.fields["reason"].help_text = _("Why the time is added. The patient can read it.")
        self.fields["reason"].error_messages["required"] = _("Say in a few words why.")
        self.order_fields(self.field_order)

    @property
    def asked_about(self) -> str:
        """The time that a warning was about; for another time the user must confirm again."""
        return "-".join(str(self.data.get(name, "")) for name in ("doctor", "start", "minutes"))

    def starts_at(self, zone) -> datetime | None:
        """The start as a moment of today in `zone`; None, with an error, if a clock change skips
        it. For a time that occurs twice, the occurrence that is still in the future."""
        now = timezone.now()
        wall = datetime.combine(today_in(zone, now), self.cleaned_data["start"], zone)
        moments = [wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
        real = [one for one in moments if one.astimezone(zone).time() == wall.time()]
        if not real:
            self.add_error("start", _("The clocks are put forward then: there is no such time."))
            return None
        return next((one for one in real if one >= now - STARTED_AGO), real[0])
