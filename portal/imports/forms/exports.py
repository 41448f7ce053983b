"""Which patients are exported, and as what (requirement A18)."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from portal.models import Doctor, Office

FORMS = (
    ("csv-comma", _("CSV, separated by commas")),
    ("csv-semicolon", _("CSV, separated by semicolons (Excel in most of Europe)")),
    ("xlsx", _("Excel workbook (.xlsx)")),
)


class ExportForm(forms.Form):
    office = forms.ModelChoiceField(
        Office.objects.all(), label=_("Office"), required=False, empty_label=_("All offices")
    )
    doctor = forms.ModelChoiceField(
        Doctor.objects.order_by("search_name", "pk"),
        label=_("Doctor"),
        required=False,
        empty_label=_("All doctors"),
    )
    since = forms.DateField(
        label=_("Seen since"),
        help_text=_("Only patients with an appointment on this day or later."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Enter a date.")},
    )
    form = forms.ChoiceField(
        label=_("Kind of file"),
        choices=FORMS,
        error_messages={"required": _("Choose a kind of file.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean_since(self):
        since = self.cleaned_data["since"]
        if since and not 1900 <= since.year <= 9000:
            raise forms.ValidationError(_("Enter a date."))
        return since
