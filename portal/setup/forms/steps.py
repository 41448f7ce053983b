"""The forms of the set-up that are not those of other pages (requirement A15)."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.clinic.forms.offices import zone_field
from portal.diary.forms.hours import NewBlockForm
from portal.models import ClinicSettings, Doctor, Office, Specialty
from portal.people.queries.applications import licence_is_known
from portal.web.own_fields import own_field
from portal.web.phone_fields import PhoneField
from portal.web.text_fields import LineField


class ClinicForm(forms.ModelForm):
    phone = PhoneField(
        label=_("Phone number"),
        required=False,
        help_text=_("On every page and in every mail. Each office has a number of its own, too."),
        autocomplete="off",
    )
    time_zone = zone_field()

    class Meta:
        model = ClinicSettings
        fields = ("name", "phone", "time_zone")
        field_classes = {"name": LineField}
        labels = {"name": _("Name of the clinic")}
        error_messages = {"name": {"required": _("Enter the name of the clinic.")}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].help_text = _(
            "Offices start with it. Type the first letters of a city."
        )


class DoctorForm(forms.ModelForm):
    email = forms.EmailField(
        label=_("Email address"),
        help_text=_("A link to choose a password is sent to it."),
        max_length=254,
        error_messages={"required": _("Enter an email address.")},
    )
    specialty = forms.ModelChoiceField(
        Specialty.objects.open().order_by("search_name"), label=_("Specialty"), empty_label=None
    )
    office = forms.ModelChoiceField(
        Office.objects.open().order_by("search_name"), label=_("Office"), empty_label=None
    )
    fee = forms.DecimalField(
        label=_("Consultation fee"),
        min_value=0,
        max_value=99_999,
        decimal_places=2,
        initial=0,
        error_messages={"required": _("Enter the fee; 0 if there is none.")},
    )

    field_order = ("name", "email", "licence_number", "practising_since", "specialty", "office")

    class Meta:
        model = Doctor
        fields = ("name", "licence_number", "practising_since")
        field_classes = {"name": LineField, "licence_number": LineField}
        error_messages = {
            "name": {"required": _("Enter the name.")},
            "licence_number": {"required": _("Enter the licence number.")},
            "practising_since": {"required": _("Enter the year.")},
        }
        help_texts = {
            "name": _("As patients read it, such as “Dr Ana Ruiz”."),
            "practising_since": _("The year."),
        }

    def __init__(self, *args, year: int, currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.year = year
        self.fields["fee"].help_text = _("In %(currency)s.") % {"currency": currency}

    def clean_licence_number(self) -> str:
        number = self.cleaned_data["licence_number"]
        if licence_is_known(number):
            raise forms.ValidationError(_("This licence number is registered already."))
        return number

    def clean_practising_since(self) -> int:
        year = self.cleaned_data["practising_since"]
        if year > self.year:
            raise forms.ValidationError(_("The year cannot be in the future."))
        return year

    def values(self) -> dict:
        values = dict(self.cleaned_data)
        fee: Decimal = values.pop("fee")
        return values | {"fee_cents": int(fee * 100)}


class HoursForm(NewBlockForm):
    """The usual week of the first doctor; what the clinic rarely wants otherwise is hidden."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("every_weeks", "audience", "valid_until"):
            del self.fields[name]
        own_field(self, "valid_from", forms.DateField).help_text = ""

    def values(self) -> dict:
        names = ("starts", "ends", "minutes")
        return {name: self.cleaned_data[name] for name in names} | {"office": self.chosen_office}
