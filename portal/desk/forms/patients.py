"""What the desk decides about a patient: their death, their account (requirements A09, A16)."""

from datetime import date

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from portal.web.date_fields import DayField
from portal.web.text_fields import LineField


class _Form(forms.Form):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class DeceasedForm(_Form):
    """`today` is the date at the office of the user."""

    deceased_on = DayField(label=_("Deceased on"))

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["deceased_on"].widget.attrs["max"] = today.isoformat()


class AccountForm(_Form):
    email = forms.EmailField(
        label=_("Email address of the account"),
        help_text=_("Exactly as the patient signs in with it; ask them to read it out."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter an email address.")},
    )


class UnlinkForm(_Form):
    reason = LineField(
        label=_("Why"),
        help_text=_("For the record; the patient does not read it."),
        max_length=200,
        error_messages={"required": _("Say why, for the record.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
