"""The form on the page "Check your answers"."""

import uuid

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _


class BookingForm(forms.Form):
    """`token` is used once: the same form sent again returns the appointment that it made
    before."""

    reason = forms.CharField(
        label=_("Reason for the appointment"),
        help_text=_("Optional. A few words help the doctor to prepare."),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    token = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"required": _("Please send the form again.")},
    )

    def __init__(self, *args, for_staff: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        if for_staff:  # on the phone: one line, so that Enter confirms
            self.fields["reason"].widget = forms.TextInput(
                attrs={"autocomplete": "off", "autofocus": True, "maxlength": 300}
            )
        self.initial.setdefault("token", uuid.uuid4())
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
