"""One slot: a date and two wall times at the office (requirements B04, B24)."""

from datetime import date, datetime, time, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from portal.clock.wall_clock import moments_of
from portal.enums import SlotAudience
from portal.models import Office, Slot
from portal.web.date_fields import DayField
from portal.web.own_fields import own_field

FIRST, SECOND = "first", "second"
WHICH = [
    (FIRST, _("The first time, before the clocks go back")),
    (SECOND, _("The second time, after the clocks have gone back")),
]
FARTHEST = timedelta(days=730)


def _time(label: StrOrPromise, example: str) -> forms.TimeField:
    said = {"example": example}
    return forms.TimeField(
        label=label,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 300}),
        error_messages={
            "required": _("Enter a time such as %(example)s.") % said,
            "invalid": _("Enter a time such as %(example)s.") % said,
        },
    )


def _which(label: StrOrPromise) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=WHICH, required=False, widget=forms.RadioSelect)


class SlotForm(forms.Form):
    """`cleaned_data` has `starts_at` and `ends_at` (UTC) beside the fields.

    A wall time that a clock change skips is refused. For one that occurs twice the user must say
    which is meant: show the fields `starts_which` and `ends_which` if `asks` names them. The same
    holds for `despite_closure`, if the office is closed that day.
    """

    office = forms.TypedChoiceField(label=_("Office"), coerce=int)
    day = DayField(label=_("Date"))
    starts = _time(_("Start"), "10:00")
    starts_which = _which(_("Clocks go back that night. Which start do you mean?"))
    ends = _time(_("End"), "10:30")
    ends_which = _which(_("Clocks go back that night. Which end do you mean?"))
    audience = forms.ChoiceField(
        label=_("Who may book it"),
        choices=SlotAudience.choices,
        initial=SlotAudience.PUBLIC,
        widget=forms.RadioSelect,
    )
    despite_closure = forms.BooleanField(
        label=_("Make the time although the office is closed that day"), required=False
    )
    note = forms.CharField(
        label=_("Note for the clinic’s staff"),
        help_text=_("Optional. Patients do not see it."),
        required=False,
        max_length=Slot._meta.get_field("note").max_length,
    )

    def __init__(
        self, *args, offices: list[Office], today: date, only_note: bool = False, **kwargs
    ):
        """`only_note`: the time of the slot is fixed, so the other fields keep their values."""
        super().__init__(*args, **kwargs)
        self.offices = {office.pk: office for office in offices}
        self.today = today
        self.asks: set[str] = set()
        office_field = own_field(self, "office", forms.TypedChoiceField)
        office_field.choices = [(office.pk, office.name) for office in offices]
        self._ask_again()
        if only_note:
            for name in self.fields:
                self.fields[name].disabled = name != "note"

    @classmethod
    def values_of(cls, slot: Slot) -> dict:
        """The initial values of the form for an existing slot."""
        starts = slot.starts_at.astimezone(slot.office.zone)
        ends = slot.ends_at.astimezone(slot.office.zone)
        return {
            "office": slot.office_id,
            "day": starts.date(),
            "starts": starts.time().replace(fold=0),
            "starts_which": SECOND if starts.fold else FIRST,
            "ends": ends.time().replace(fold=0),
            "ends_which": SECOND if ends.fold else FIRST,
            "audience": slot.audience,
            "note": slot.note,
        }

    def clean_day(self) -> date:
        day = self.cleaned_data["day"]
        if day < self.today:
            raise forms.ValidationError(_("That day has passed."))
        if day - self.today > FARTHEST:
            raise forms.ValidationError(_("That date is too far away: two years at the most."))
        return day

    def clean(self):
        super().clean()
        values = self.cleaned_data
        names = ("office", "day", "starts", "ends")
        if any(values.get(name) is None for name in names):
            return values
        office, day, starts, ends = (values[name] for name in names)
        zone = self.offices[office].zone
        values["starts_at"] = self._moment("starts", moments_of(day, starts, zone))
        last_day = day + timedelta(days=ends == time())  # midnight is the end of the day
        later = [
            moment
            for moment in moments_of(last_day, ends, zone)
            if not values["starts_at"] or moment > values["starts_at"]
        ]
        is_skipped = not later and not moments_of(last_day, ends, zone)
        if values["starts_at"] and not later and not is_skipped:
            self.add_error("ends", _("The end must be after the start."))
        else:
            values["ends_at"] = self._moment("ends", later)
        return values

    def _moment(self, name: str, moments: list[datetime]) -> datetime | None:
        """The chosen one of the possible moments, or an error at the field."""
        if not moments:
            self.add_error(name, _("The clocks go forward then: there is no such time that day."))
            return None
        if len(moments) == 1:
            return moments[0]
        self.asks.add(f"{name}_which")
        chosen = self.cleaned_data.get(f"{name}_which")
        if not chosen:
            self.add_error(
                f"{name}_which", _("This time comes twice that night. Choose which one you mean.")
            )
            return None
        return moments[chosen == SECOND]

    def _ask_again(self) -> None:
        """For an existing slot at a repeated time, shows which of the two it is."""
        if self.is_bound or "office" not in self.initial or "starts_which" not in self.initial:
            return
        zone = self.offices[self.initial["office"]].zone
        for name in ("starts", "ends"):
            if len(moments_of(self.initial["day"], self.initial[name], zone)) > 1:
                self.asks.add(f"{name}_which")
