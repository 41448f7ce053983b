"""What a doctor applies with, and what admins do with it (requirement A02)."""

from datetime import date
from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.forms.accounts import SignupForm
from portal.accounts.services import accounts
from portal.enums import DoctorState
from portal.models import Doctor, Office, Specialty, User
from portal.models.languages import codes_of
from portal.models.lengths import longest
from portal.people.queries.applications import licence_is_known
from portal.web.language_fields import LanguagesField
from portal.web.photo_fields import PhotoField
from portal.web.text_fields import LineField

EARLIEST_YEAR = 1940
MOST_FEE = Decimal(100_000)


class ClinicFields(forms.Form):
    """What the clinic checks, and only admins change once it is approved."""

    name = LineField(
        label=gettext_lazy("Full name"),
        help_text=gettext_lazy("As patients are to read it, with your title."),
        max_length=longest(Doctor, "name"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Enter the full name.")},
    )
    licence_number = LineField(
        label=gettext_lazy("Licence number"),
        help_text=gettext_lazy("Of your licence to practise. The clinic checks it."),
        max_length=longest(Doctor, "licence_number"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": gettext_lazy("Enter the licence number.")},
    )
    specialty = forms.ModelChoiceField(
        Specialty.objects.open().order_by("search_name"),
        label=gettext_lazy("Specialty"),
        empty_label=gettext_lazy("Choose a specialty"),
        error_messages={"required": gettext_lazy("Choose a specialty.")},
    )
    office = forms.ModelChoiceField(
        Office.objects.open().order_by("search_name"),
        label=gettext_lazy("Office"),
        empty_label=gettext_lazy("Choose an office"),
        error_messages={"required": gettext_lazy("Choose an office.")},
    )
    fee = forms.DecimalField(
        label=gettext_lazy("Consultation fee"),
        min_value=0,
        max_value=MOST_FEE,
        decimal_places=2,
        error_messages={"required": gettext_lazy("Enter the fee; 0 if there is none.")},
    )

    def __init__(self, *args, currency: str, doctor: Doctor | None = None, **kwargs):
        """`currency` is the clinic's. `doctor`: whose data are changed; None for a new one."""
        super().__init__(*args, **kwargs)
        self.doctor = doctor
        self.fields["fee"].help_text = _("In %(currency)s.") % {"currency": currency}
        if doctor:
            self.initial.update(self.values_of(doctor))

    @classmethod
    def values_of(cls, doctor: Doctor) -> dict:
        return {
            "name": doctor.name,
            "licence_number": doctor.licence_number,
            "specialty": doctor.specialty_id,
            "office": doctor.office_id,
            "fee": Decimal(doctor.fee_cents) / 100,
        }

    def clean_licence_number(self) -> str:
        number = self.cleaned_data["licence_number"]
        if licence_is_known(number, but=self.doctor):
            raise forms.ValidationError(
                _("This licence number is registered already. If it is yours, call the clinic.")
            )
        return number

    @property
    def values(self) -> dict:
        """For the service."""
        values = {name: self.cleaned_data[name] for name in self.own_names}
        values["fee_cents"] = int(values.pop("fee") * 100)
        return values

    own_names: tuple[str, ...] = ("name", "licence_number", "specialty", "office", "fee")


class ApplicationForm(ClinicFields):
    """All that a doctor applies with, without the login."""

    qualifications = LineField(
        label=gettext_lazy("Qualifications"),
        help_text=gettext_lazy("Degrees and further training, in a line."),
        required=False,
        max_length=longest(Doctor, "qualifications"),
    )
    practising_since = forms.IntegerField(
        label=gettext_lazy("Practising since"),
        help_text=gettext_lazy("The year."),
        min_value=EARLIEST_YEAR,
        error_messages={"required": gettext_lazy("Enter the year.")},
    )
    usual_minutes = forms.IntegerField(
        label=gettext_lazy("Usual length of an appointment, in minutes"),
        help_text=gettext_lazy("It is proposed when you add times; you can change it each time."),
        required=False,
        min_value=5,
        max_value=240,
    )
    languages = LanguagesField()
    statement = forms.CharField(
        label=gettext_lazy("About you"),
        help_text=gettext_lazy("A few sentences for your patients. Everyone can read them."),
        required=False,
        max_length=longest(Doctor, "statement"),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    photo = PhotoField()

    own_names = (
        *ClinicFields.own_names,
        "qualifications",
        "practising_since",
        "usual_minutes",
        "languages",
        "statement",
    )

    def __init__(self, *args, today: date, **kwargs):
        """`today` is the date at the clinic: nobody has practised since a later year."""
        super().__init__(*args, **kwargs)
        self.today = today

    @classmethod
    def values_of(cls, doctor: Doctor) -> dict:
        more = ("qualifications", "practising_since", "usual_minutes", "statement")
        return {
            **super().values_of(doctor),
            **{name: getattr(doctor, name) for name in more},
            "languages": codes_of(doctor.languages),
        }

    def clean_practising_since(self) -> int:
        year = self.cleaned_data["practising_since"]
        if year > self.today.year:
            raise forms.ValidationError(_("The year cannot be in the future."))
        return year

    def clean(self) -> dict:
        values = super().clean() or self.cleaned_data
        if self.errors and values.get("photo"):
            self.add_error("photo", _("Choose the photo again: browsers do not keep files."))
        return values


class DoctorSignupForm(ApplicationForm, SignupForm):
    """The same with a login; allauth checks the address and the password."""

    phone = None  # type: ignore[assignment]  # takes the patients' field away
    field_order = ["name", "email", "password1", *ApplicationForm.own_names[1:], "photo"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.order_fields(self.field_order)

    def register(self, user: User) -> None:
        accounts.register_doctor(user, photo=self.cleaned_data["photo"], by=user, **self.values)


class DecisionForm(forms.Form):
    """A decision and a note, which the doctor reads."""

    do = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[(verb, verb) for verb in ("approve", "decline", "restore")],
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), gettext_lazy("Choose what you decide.")
        ),
    )
    note = forms.CharField(
        label=gettext_lazy("Note to the doctor"),
        help_text=gettext_lazy("Needed if you decline. The doctor reads it."),
        required=False,
        max_length=longest(Doctor, "decision_note"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class QueueForm(forms.Form):
    """Read from the URL; an invalid state is the first one."""

    state = forms.ChoiceField(choices=DoctorState, required=False)

    @property
    def wanted(self) -> str:
        self.is_valid()
        return self.cleaned_data.get("state") or DoctorState.PENDING
