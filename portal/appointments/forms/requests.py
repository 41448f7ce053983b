"""Declining a request for a time (requirement B10)."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from portal.enums import DeclineReason

LONGEST = 300


class DeclineForm(forms.Form):
    """One of the usual reasons, a text, or both. `reason` is what the patient reads."""

    usual = forms.ChoiceField(
        label=_("What the patient reads"),
        choices=[*DeclineReason.choices, ("", _("Only what I write below"))],
        widget=forms.RadioSelect,
        required=False,
    )
    words = forms.CharField(
        label=_("In your own words"),
        help_text=_("Optional with one of the sentences above. Say what the patient can do next."),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean(self) -> dict:
        super().clean()
        data = self.cleaned_data
        usual = data.get("usual")
        sentence = str(DeclineReason(usual).label) if usual else ""
        reason = " ".join(filter(None, [sentence, data.get("words", "").strip()]))
        if not reason and not self.errors:
            self.add_error("usual", _("Choose a sentence, or write one."))
        if len(reason) > LONGEST:
            self.add_error("words", _("That is too long together with the sentence above."))
        return data | {"reason": reason}
