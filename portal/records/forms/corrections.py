"""Forms of corrections (requirement C11)."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.models import Correction
from portal.models.lengths import longest


class AskForm(forms.Form):
    text = forms.CharField(
        label=_("What is wrong, and how should it be?"),
        max_length=longest(Correction, "text"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what is wrong.")},
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Your answer"),
        max_length=longest(Correction, "answer"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write an answer.")},
    )
