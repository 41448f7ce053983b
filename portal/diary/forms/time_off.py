"""The period of a time off (requirement B19)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from portal.clock.grid import local_day
from portal.clock.wall_clock import moments_of
from portal.web.date_fields import DayField

FARTHEST = timedelta(days=730)


def _time(label: StrOrPromise, hint: StrOrPromise) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        help_text=hint,
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": gettext_lazy("Enter a time such as 10:00.")},
    )


class EndForm(forms.Form):
    """The last day and, if it is not a whole day, the time. `cleaned_data` has `ends_at` (UTC).

    Times are in the zone of the doctor's main office. For a time that occurs twice, the second is
    meant.
    """

    last = DayField(label=gettext_lazy("Last day"))
    last_at = _time(gettext_lazy("Until"), gettext_lazy("Empty: to the end of that day."))

    def __init__(self, *args, zone: ZoneInfo, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.zone, self.today = zone, today

    @classmethod
    def values_of(cls, ends_at: datetime, zone: ZoneInfo) -> dict:
        """The initial values of the form; for a whole day only the date."""
        ends = ends_at.astimezone(zone)
        if ends.time() == time():
            return {"last": ends.date() - timedelta(days=1)}
        return {"last": ends.date(), "last_at": ends.time().replace(fold=0)}

    def clean_last(self) -> date:
        return self._within_reach(self.cleaned_data["last"])

    def clean(self) -> dict:
        super().clean()
        values = self.cleaned_data
        if values.get("last") and "last_at" in values:
            wall = values["last_at"]
            if wall in (None, time()):
                values["ends_at"] = local_day(values["last"], self.zone)[1]
            elif moments := moments_of(values["last"], wall, self.zone):
                values["ends_at"] = moments[-1]
            else:
                self._no_such_time("last_at")
        return values

    def _within_reach(self, day: date) -> date:
        if abs(day - self.today) > FARTHEST:
            raise forms.ValidationError(_("That date is too far away: two years at the most."))
        return day

    def _no_such_time(self, name: str) -> None:
        self.add_error(name, _("The clocks go forward then: there is no such time that day."))


class StretchForm(EndForm):
    """`cleaned_data` has `starts_at` and `ends_at` (UTC). For a start that occurs twice, the first
    is meant."""

    first = DayField(label=gettext_lazy("First day"))
    first_at = _time(gettext_lazy("From"), gettext_lazy("Empty: from the start of that day."))
    field_order = ["first", "first_at", "last", "last_at"]

    def clean_first(self) -> date:
        return self._within_reach(self.cleaned_data["first"])

    def clean(self) -> dict:
        values = super().clean()
        if values.get("first") and "first_at" in values:
            if values["first_at"] is None:
                values["starts_at"] = local_day(values["first"], self.zone)[0]
            elif moments := moments_of(values["first"], values["first_at"], self.zone):
                values["starts_at"] = moments[0]
            else:
                self._no_such_time("first_at")
        starts_at, ends_at = values.get("starts_at"), values.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("last", _("The end must be after the start."))
        elif ends_at and ends_at <= timezone.now():
            self.add_error("last", _("That time has passed."))
        return values
