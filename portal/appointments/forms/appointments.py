"""Cancelling an appointment (requirement B13)."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from portal.enums import CancelReason


class CancelForm(forms.Form):
    """A reason, or a comment. The service requires one of the two from staff."""

    reason = forms.ChoiceField(
        label=_("Why are you cancelling?"),
        choices=CancelReason.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    comment = forms.CharField(
        label=_("Anything to add?"),
        help_text=_("Optional. Please leave out medical details."),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, for_staff: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("Optional.")
        if for_staff:
            self.fields["reason"].label = _("Why is it cancelled?")
            self.fields["reason"].help_text = _("Needed: choose one, or say it in your own words.")
            self.fields["comment"].help_text = _(
                "Optional if you chose a reason. Please leave out medical details."
            )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
