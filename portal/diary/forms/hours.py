"""The forms for weekly hours (requirement B03). Times are wall times."""

from datetime import date, time

from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from portal.enums import SlotAudience
from portal.models import Office, Weekday, WeeklyHours
from portal.web.date_fields import DayField
from portal.web.own_fields import own_field

SAID_TIME = _("Enter a time such as 09:00.")


def time_field(label: StrOrPromise, *, required: bool = True) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=required,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"required": SAID_TIME, "invalid": SAID_TIME},
    )


class OfficeChoice(forms.Form):
    """A form with a field `office`, limited to the given offices."""

    office = forms.TypedChoiceField(
        label=_("Office"),
        coerce=int,
        error_messages={
            "required": _("Choose an office."),
            "invalid_choice": _("Choose an office."),
        },
    )

    def __init__(self, *args, offices: list[Office], **kwargs):
        super().__init__(*args, **kwargs)
        self.offices = {office.pk: office for office in offices}
        office = own_field(self, "office", forms.TypedChoiceField)
        office.choices = [(office.pk, office.name) for office in offices]

    @property
    def chosen_office(self) -> Office:
        return self.offices[self.cleaned_data["office"]]


class BlockForm(OfficeChoice):
    """One block of weekly hours; the fields are in the order of the page."""

    starts = time_field(_("From"))
    ends = time_field(_("To"))
    minutes = forms.IntegerField(
        label=_("Length of a slot, in minutes"),
        min_value=5,
        max_value=240,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "step": 5}),
    )
    every_weeks = forms.TypedChoiceField(
        label=_("How often"),
        coerce=int,
        choices=WeeklyHours._meta.get_field("every_weeks").choices or (),
    )
    audience = forms.ChoiceField(label=_("Who may book"), choices=SlotAudience.choices)
    valid_until = DayField(
        label=_("Last day"), required=False, help_text=_("Leave it empty if they hold for good.")
    )

    def values(self) -> dict:
        """The values of the block's own fields."""
        names = ("starts", "ends", "minutes", "every_weeks", "audience", "valid_until")
        return {name: self.cleaned_data[name] for name in names} | {"office": self.chosen_office}


class NewBlockForm(BlockForm):
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days"),
        coerce=int,
        choices=Weekday.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one day.")},
    )
    valid_from = DayField(
        label=_("First day"), help_text=_("Every second week is counted from the week of this day.")
    )

    def blocks(self) -> list[WeeklyHours]:
        values = self.values() | {"valid_from": self.cleaned_data["valid_from"]}
        return [WeeklyHours(weekday=day, **values) for day in self.cleaned_data["weekdays"]]


class ChangeBlockForm(BlockForm):
    weekday = forms.TypedChoiceField(label=_("Day"), coerce=int, choices=Weekday.choices)
    first_day = DayField(
        label=_("The change holds from"), help_text=_("Until the day before, all stays as it is.")
    )

    def values(self) -> dict:
        return super().values() | {"weekday": self.cleaned_data["weekday"]}

    @staticmethod
    def initial_of(block: WeeklyHours, today: date) -> dict:
        names = [
            "office_id",
            "weekday",
            "starts",
            "ends",
            "minutes",
            "every_weeks",
            "audience",
            "valid_until",
        ]
        values = {name.removesuffix("_id"): getattr(block, name) for name in names}
        return values | {"first_day": max(today, block.valid_from)}


class EndForm(forms.Form):
    last_day = DayField(
        label=_("Last day on which they hold"),
        help_text=_("Yesterday, if not even today’s are wanted."),
    )


class ExceptionForm(OfficeChoice):
    """Other hours on one date: up to three periods, or none."""

    STRETCHES = (1, 2, 3)

    day = DayField(label=_("Date"))
    kind = forms.ChoiceField(
        label=_("What holds on that day"),
        choices=[("none", _("No hours at all")), ("other", _("Other hours"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    starts_1, ends_1 = time_field(_("From"), required=False), time_field(_("To"), required=False)
    starts_2, ends_2 = (
        time_field(_("And from"), required=False),
        time_field(_("To"), required=False),
    )
    starts_3, ends_3 = (
        time_field(_("And from"), required=False),
        time_field(_("To"), required=False),
    )

    def clean(self):
        super().clean()
        values = self.cleaned_data
        typed = [name for pair in self.pairs() for name in pair if name.value()]
        if values.get("kind") == "none" and typed:
            self.add_error("kind", _("Empty the times below, or choose other hours."))
        if values.get("kind") != "other" or self.errors:
            return values
        for number in self.STRETCHES:
            starts, ends = values.get(f"starts_{number}"), values.get(f"ends_{number}")
            if (starts is None) != (ends is None):
                missing = "starts" if starts is None else "ends"
                self.add_error(f"{missing}_{number}", SAID_TIME)
        if not self.errors and not self.stretches():
            self.add_error("starts_1", _("Enter at least one stretch, or choose no hours at all."))
        return values

    def stretches(self) -> list[tuple[time, time]]:
        values = self.cleaned_data
        if values.get("kind") != "other":
            return []
        pairs = [(values.get(f"starts_{n}"), values.get(f"ends_{n}")) for n in self.STRETCHES]
        return [(starts, ends) for starts, ends in pairs if starts is not None and ends is not None]

    def pairs(self) -> list[tuple]:
        """The start and end field of each period."""
        return [(self[f"starts_{n}"], self[f"ends_{n}"]) for n in self.STRETCHES]
