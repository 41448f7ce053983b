"""The forms for the clinic's settings, each with unit, bounds and effect (B18, F02)."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from portal.clinic.sections import FIELDS, Section
from portal.models import ClinicSettings
from portal.web.phone_fields import PhoneField
from portal.web.text_fields import LineField

TIMES = ("day_starts_at", "day_ends_at", "same_day_release_at", "reminders_from", "reminders_until")


class ClinicSettingsForm(forms.ModelForm):
    """The settings of one section.

    Each field carries its value at the time the page was opened. So only values that this admin
    has changed are written, and changes that a colleague made meanwhile are kept.
    """

    phone = PhoneField(
        label=_("Phone number"),
        required=False,
        help_text=_("On every page and in every mail. Each office has a number of its own, too."),
        autocomplete="off",
    )

    class Meta:
        model = ClinicSettings
        fields = FIELDS
        field_classes = {"name": LineField}
        labels = {
            "name": _("Name"),
            "reply_to": _("Address that answers to mails go to"),
            "currency": _("Currency"),
            "colour": _("Colour of mails"),
            "horizon_days": _("How far ahead patients book, in days"),
            "minimum_notice_minutes": _("Notice that patients give when booking, in minutes"),
            "cancel_cutoff_hours": _("Until when patients move or cancel, in hours ahead"),
            "max_upcoming_per_patient": _("Upcoming appointments of one patient, at most"),
            "max_moves": _("How often patients move one appointment, at most"),
            "request_answer_hours": _("Time to answer a request, in hours"),
            "same_day_release_at": _("Same-day times are released at"),
            "offer_minutes": _("How long a freed time is kept, in minutes"),
            "waitlist_books_at_once": _("Book at once"),
            "grid_minutes": _("Length of a slot, in minutes"),
            "day_starts_at": _("The day starts at"),
            "day_ends_at": _("The day ends at"),
            "reminder_email_first_days": _("First email, in days ahead"),
            "reminder_email_days": _("Last email, in days ahead"),
            "reminder_sms_days": _("SMS, in days ahead"),
            "reminders_from": _("Not before"),
            "reminders_until": _("Not after"),
            "staff_idle_minutes": _("Staff are signed out when idle, after minutes"),
            "patient_idle_minutes": _("Patients are signed out when idle, after minutes"),
            "review_first_age": _("First review, at the age of"),
            "review_second_age": _("Second review, at the age of"),
            "review_last_age": _("Last review, at the age of"),
            "review_days": _("Time to answer a review, in days"),
            "erasure_wait_days": _("Time in which a request for erasure can be withdrawn, in days"),
        }
        help_texts = {
            "name": _("In the header, in every mail and SMS, and as the sender’s name."),
            "reply_to": _(
                "Where it arrives when somebody answers a mail. An office may have its own. Empty: "
                "the address that mails are from."
            ),
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
            "max_moves": _("0 to 50; with 0 they can only cancel. Staff move as often as needed."),
            "request_answer_hours": _(
                "1 to 336 (two weeks). Then it expires. For a near time it is less: half of what "
                "is left. For requests made from now on."
            ),
            "same_day_release_at": _(
                "By the clock of the office, on the day itself. Before that only staff book them."
            ),
            "offer_minutes": _(
                "5 to 1,440 (a day). Then the next one in line is asked. Near the time it is less."
            ),
            "waitlist_books_at_once": _(
                "The first one in line who is free then gets a freed time without being asked."
            ),
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
            "staff_idle_minutes": _(
                "5 to 240. Everybody is signed out after 12 hours in any case."
            ),
            "patient_idle_minutes": _("5 to 240. Two minutes ahead the page asks whether to stay."),
            "review_first_age": _("0 to 25 years; 0 for none."),
            "review_second_age": _("0 to 25 years; 0 for none."),
            "review_last_age": _("0 to 25 years; 0 for none."),
            "review_days": _("1 to 365. Without an answer the access pauses."),
            "erasure_wait_days": _("1 to 90. For requests made from now on."),
        }
        widgets = {
            "colour": forms.TextInput(attrs={"type": "color"}),
            **{name: forms.TimeInput(format="%H:%M", attrs={"type": "time"}) for name in TIMES},
        }

    def __init__(self, *args, section: Section, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields = {name: self.fields[name] for name in section.fields}
        for field in self.fields.values():
            field.show_hidden_initial = True

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

    def _demand_order(self, first: str, last: str, refusal: StrOrPromise) -> None:
        values = self.cleaned_data
        if first in values and last in values and values[last] <= values[first]:
            self.add_error(last, refusal)

    @property
    def changes(self) -> dict:
        """The values that this admin has changed."""
        return {name: self.cleaned_data[name] for name in self.changed_data}
