"""The clinic's settings, each with its unit, bounds and effect (requirement B18)."""

from collections.abc import Iterator

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from portal.forms.phones import PhoneField
from portal.models import ClinicSettings

GROUPS = (
    (_("The clinic"), ("name", "phone", "currency", "colour")),
    (
        _("Booking"),
        (
            "horizon_days",
            "minimum_notice_minutes",
            "cancel_cutoff_hours",
            "max_upcoming_per_patient",
        ),
    ),
    (_("The day"), ("grid_minutes", "day_starts_at", "day_ends_at")),
    (
        _("Reminders"),
        (
            "reminder_email_first_days",
            "reminder_email_days",
            "reminder_sms_days",
            "reminders_from",
            "reminders_until",
        ),
    ),
)
FIELDS = [name for _title, names in GROUPS for name in names]
TIMES = ("day_starts_at", "day_ends_at", "reminders_from", "reminders_until")


class ClinicSettingsForm(forms.ModelForm):
    """Each field carries what it showed when the page was opened, so that only what this admin has
    changed is written, and not what a colleague has changed meanwhile."""

    phone = PhoneField(
        label=_("Phone number"),
        required=False,
        help_text=_("On every page and in every mail. Each office has a number of its own, too."),
        autocomplete="off",
    )

    class Meta:
        model = ClinicSettings
        fields = FIELDS
        labels = {
            "name": _("Name"),
            "currency": _("Currency"),
            "colour": _("Colour of mails"),
            "horizon_days": _("How far ahead patients book, in days"),
            "minimum_notice_minutes": _("Notice that patients give when booking, in minutes"),
            "cancel_cutoff_hours": _("Until when patients move or cancel, in hours ahead"),
            "max_upcoming_per_patient": _("Upcoming appointments of one patient, at most"),
            "grid_minutes": _("Length of a slot, in minutes"),
            "day_starts_at": _("The day starts at"),
            "day_ends_at": _("The day ends at"),
            "reminder_email_first_days": _("First email, in days ahead"),
            "reminder_email_days": _("Last email, in days ahead"),
            "reminder_sms_days": _("SMS, in days ahead"),
            "reminders_from": _("Not before"),
            "reminders_until": _("Not after"),
        }
        help_texts = {
            "name": _("In the header, in every mail and SMS, and as the sender’s name."),
            "currency": _("Three letters, such as EUR. Fees are shown in it; none is converted."),
            "colour": _("Of the heading and the buttons in mails."),
            "horizon_days": _(
                "1 to 730. Times further ahead are not shown to patients. Staff book any time."
            ),
            "minimum_notice_minutes": _(
                "0 to 10,080 (a week). Times that start sooner are for staff only."
            ),
            "cancel_cutoff_hours": _(
                "0 to 336 (two weeks). After that patients are asked to call; staff still can."
            ),
            "max_upcoming_per_patient": _("1 to 500. Staff can book more."),
            "grid_minutes": _(
                "5 to 240. For days declared from now on; slots that exist keep their length."
            ),
            "day_starts_at": _(
                "By the clock of each office. The grid of a doctor’s day begins here."
            ),
            "day_ends_at": _("By the clock of each office. No slot of the grid ends later."),
            "reminder_email_first_days": _("0 to 60; 0 sends none."),
            "reminder_email_days": _("0 to 60; 0 sends none."),
            "reminder_sms_days": _(
                "0 to 60; 0 sends none. Sent where SMS is set up and the patient has a number."
            ),
            "reminders_from": _("By the clock of the office. Earlier ones wait until then."),
            "reminders_until": _("By the clock of the office. Later ones wait until the next day."),
        }
        widgets = {
            "colour": forms.TextInput(attrs={"type": "color"}),
            **{name: forms.TimeInput(format="%H:%M", attrs={"type": "time"}) for name in TIMES},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True

    def groups(self) -> Iterator[tuple[str, list[BoundField]]]:
        for title, names in GROUPS:
            yield title, [self[name] for name in names]

    def clean_currency(self) -> str:
        currency = self.cleaned_data["currency"].upper()
        if len(currency) != 3 or not currency.isalpha() or not currency.isascii():
            raise forms.ValidationError(_("Enter three letters, such as EUR."))
        return currency

    def clean(self):
        values = super().clean()
        self._demand_order("day_starts_at", "day_ends_at", _("The day must end after it starts."))
        self._demand_order(
            "reminders_from", "reminders_until", _("This must be later than the time above.")
        )
        return values

    def _demand_order(self, first: str, last: str, refusal: str) -> None:
        values = self.cleaned_data
        if first in values and last in values and values[last] <= values[first]:
            self.add_error(last, refusal)

    @property
    def changes(self) -> dict:
        """What this admin has changed."""
        return {name: self.cleaned_data[name] for name in self.changed_data}
