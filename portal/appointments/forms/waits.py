"""Joining the waiting list (requirements B15, B20). The templates render the checkboxes
themselves."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from portal.appointments.services.waitlist import Wish
from portal.enums import PartOfDay
from portal.models import Doctor, Office, Specialty, User, offices_of
from portal.web.date_fields import DayField
from portal.web.own_fields import own_field


class EarlierForm(forms.Form):
    """An entry for an earlier time than an appointment's, with limits to what suits."""

    first_day = DayField(required=False)
    parts = forms.MultipleChoiceField(
        label=_("Times of the day"),
        required=False,
        choices=PartOfDay.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("first_day", "last_day"):
            if name in self.fields:
                self.fields[name].widget = forms.DateInput(
                    format="%Y-%m-%d", attrs={"type": "date", "class": "field-short"}
                )
        self.fields["first_day"].label = _("Not before")
        self.fields["first_day"].help_text = _("Optional.")
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


_DOCTORS = Doctor.objects.listed().filter(on_request=False).order_by("search_name")
_OFFICES = Office.objects.open().order_by("search_name")


class WaitForm(EarlierForm):
    """An entry for any time with a doctor, in a specialty or at an office."""

    doctor = forms.ModelChoiceField(
        label=_("Doctor"),
        queryset=_DOCTORS,
        required=False,
        empty_label=_("Any doctor"),
    )
    specialty = forms.ModelChoiceField(
        label=_("Specialty"),
        queryset=Specialty.objects.open().order_by("search_name"),
        required=False,
        empty_label=_("Any specialty"),
    )
    office = forms.ModelChoiceField(
        label=_("Office"),
        queryset=_OFFICES,
        required=False,
        empty_label=_("Any office"),
    )
    last_day = DayField(required=False)
    reason = forms.CharField(
        label=_("Reason for the appointment"),
        help_text=_("Optional. A few words help the doctor to prepare."),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args, by: User, **kwargs):
        super().__init__(*args, **kwargs)
        if by.is_staff:
            self._limit(by)
        self.fields["first_day"].label = _("From")
        self.fields["last_day"].label = _("To")
        self.fields["last_day"].help_text = _("Optional. After this day you no longer wait.")

    def _limit(self, by: User) -> None:
        """Staff make entries only for times that they could book
        (appointments/services/waitlist.py)."""
        doctor = own_field(self, "doctor", forms.ModelChoiceField)
        doctor.queryset = _DOCTORS.with_diary_of(by)
        if by.is_doctor:
            doctor.required, doctor.empty_label = True, None
        else:
            office = own_field(self, "office", forms.ModelChoiceField)
            office.queryset = _OFFICES.filter(pk__in=offices_of(by))

    @property
    def wish(self) -> Wish:
        names = ("doctor", "specialty", "office", "first_day", "last_day")
        values = {name: self.cleaned_data[name] for name in names}
        return Wish(**values, parts=tuple(self.cleaned_data["parts"]))
