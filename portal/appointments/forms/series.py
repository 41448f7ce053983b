"""The form for a series of appointments: what staff ask for, and which dates they choose
(requirement B11)."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.models import Appointment
from portal.web.date_fields import DayField
from portal.web.own_fields import own_field

EVERY = [
    (1, _("Every week")),
    (2, _("Every two weeks")),
    (3, _("Every three weeks")),
    (4, _("Every four weeks")),
]
CHOICE = "choice-"


class SeriesForm(forms.Form):
    """`doctors` are (id, name) of those with whom the user may book."""

    doctor = forms.TypedChoiceField(
        label=_("Doctor"), coerce=int, error_messages={"required": _("Choose a doctor.")}
    )
    day = DayField(label=_("First date"))
    wall = forms.TimeField(
        label=_("Time"),
        help_text=_("On the clock of the doctor’s office, the same on every date."),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 300}),
        error_messages={
            "required": _("Enter a time such as 10:00."),
            "invalid": _("Enter a time such as 10:00."),
        },
    )
    every_weeks = forms.TypedChoiceField(label=_("How often"), choices=EVERY, coerce=int, initial=1)
    times = forms.IntegerField(
        label=_("How many appointments"),
        min_value=2,
        max_value=20,
        initial=6,
        error_messages={
            "required": _("Enter a number from 2 to 20."),
            "invalid": _("Enter a number from 2 to 20."),
            "min_value": _("A series has at least 2 appointments."),
            "max_value": _("A series has at most 20 appointments."),
        },
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Optional. The patient and the staff see it; no message says it."),
        required=False,
        max_length=Appointment._meta.get_field("reason").max_length,
    )
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, doctors: list[tuple[int, str]], **kwargs):
        kwargs["initial"] = {"token": uuid4()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        doctor = own_field(self, "doctor", forms.ChoiceField)
        doctor.choices = [("", _("Choose a doctor")), *doctors]
