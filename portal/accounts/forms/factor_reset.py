"""The form with which an admin removes another's second factor (requirement A12)."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.web.text_fields import LineField


class FactorResetForm(forms.Form):
    reason = LineField(
        label=_("Reason"),
        max_length=200,
        help_text=_("How you made sure that it is them. It stands in the audit trail."),
    )
