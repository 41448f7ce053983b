"""The forms for a doctor's days. The templates render the fields themselves, which is faster."""

from datetime import UTC, date, datetime, timedelta

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from portal.clock.grid import end_minutes, minutes_of
from portal.web.date_fields import DayField
from portal.web.own_fields import own_field

WEEKS = 4


class InstantsField(forms.Field):
    """Several moments as ISO texts with offset, `2026-03-04T08:30Z`; aware datetimes in UTC."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {"invalid": _("“%(value)s” is not one of this day’s times.")}

    def to_python(self, value) -> list[datetime]:
        return [self._instant(text) for text in value or []]

    def _instant(self, text: str) -> datetime:
        try:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is not None:
                return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise forms.ValidationError(
            self.error_messages["invalid"], code="invalid", params={"value": text}
        )


class DayForm(forms.Form):
    """The starts that are to be free, including those that are booked."""

    free = InstantsField(required=False, label=_("Times"))
    despite_closure = forms.BooleanField(required=False)


class RangeForm(forms.Form):
    """A range from–to in wall time at the office."""

    first = forms.TimeField(
        label=_("From"),
        error_messages={
            "required": _("Enter when it starts, such as 09:00."),
            "invalid": _("Enter a time such as 09:00."),
        },
    )
    last = forms.TimeField(
        label=_("To"),
        error_messages={
            "required": _("Enter when it ends, such as 13:00."),
            "invalid": _("Enter a time such as 13:00."),
        },
    )
    make = forms.ChoiceField(choices=[("free", _("Free")), ("off", _("Not free"))])

    def clean(self):
        super().clean()
        values = self.cleaned_data
        if not self.errors and end_minutes(values["last"]) <= minutes_of(values["first"]):
            self.add_error("last", _("The end must be after the start."))
        return values


class CopyForm(forms.Form):
    """The days to which a day is copied: ticked one by one, by a rule, or both."""

    WEEKLY, WEEKDAYS = "weekly", "weekdays"

    targets = forms.TypedMultipleChoiceField(
        required=False,
        coerce=date.fromisoformat,
        label=_("Days"),
        error_messages={"invalid_choice": _("One of the days cannot be chosen from here.")},
    )
    quick = forms.MultipleChoiceField(required=False)

    def __init__(self, *args, source: date, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        first = max(source + timedelta(days=1), today)
        self.source = source
        self.days = [first + timedelta(n) for n in range(7 * WEEKS)]
        targets = own_field(self, "targets", forms.TypedMultipleChoiceField)
        targets.choices = [(day.isoformat(), day) for day in self.days]
        weekday = {"weekday": date_format(source, "l"), "weeks": WEEKS}
        own_field(self, "quick", forms.MultipleChoiceField).choices = [
            (self.WEEKLY, _("Every %(weekday)s for %(weeks)s weeks") % weekday),
            (self.WEEKDAYS, _("Every Monday to Friday for %(weeks)s weeks") % weekday),
        ]

    def clean(self):
        values = super().clean()
        if not self.errors and not self.chosen_days():
            self.add_error("targets", _("Choose at least one day."))
        return values

    def chosen_days(self) -> set[date]:
        chosen = set(self.cleaned_data.get("targets", []))
        for rule in self.cleaned_data.get("quick", []):
            chosen |= {day for day in self.days if self._matches(rule, day)}
        return chosen

    def _matches(self, rule: str, day: date) -> bool:
        if rule == self.WEEKLY:
            return day.weekday() == self.source.weekday()
        return day.weekday() < 5


class JumpForm(forms.Form):
    """A date to go to."""

    day = DayField(label=_("Go to a date"))
