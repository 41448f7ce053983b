"""Uploading a file of patients, and saying what its columns are (requirement A18)."""

import phonenumbers
from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from portal.imports.dates import DateOrder
from portal.imports.fields import FIELDS
from portal.imports.tables import MOST_BYTES
from portal.models import PatientImport
from portal.web.text_fields import LineField


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or Excel (.xlsx), up to 20 MB and 100,000 rows. Row 1 names the columns."),
        allow_empty_file=True,  # said by the service, as of all other files
        error_messages={"required": _("Choose a file."), "missing": _("Choose a file.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )
    source = LineField(
        label=_("Name of the other system"),
        help_text=_("Patients’ numbers in it are remembered under this name. Use the same again."),
        max_length=PatientImport._meta.get_field("source").max_length,
        required=False,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("This file is larger than 20 MB. Divide it."))
        return file


class ColumnsForm(forms.Form):
    """`column-0` and so on: the field of each column."""

    date_order = forms.ChoiceField(label=_("Dates are written as"), choices=DateOrder.choices)
    region = forms.ChoiceField(
        label=_("Country of phone numbers without a country code"),
        choices=sorted(
            (one, f"{one} (+{phonenumbers.country_code_for_region(one)})")
            for one in phonenumbers.SUPPORTED_REGIONS
        ),
    )

    def __init__(self, data=None, *, header: list[str], mapping: dict):
        initial = {"date_order": mapping["date_order"], "region": mapping["region"]}
        initial |= {f"column-{n}": name for n, name in enumerate(mapping["columns"])}
        super().__init__(data, initial=initial)
        fields = [("", _("Leave out")), *((one.name, one.label) for one in FIELDS.values())]
        for n, name in enumerate(header):
            self.fields[f"column-{n}"] = forms.ChoiceField(
                label=name, choices=fields, required=False
            )
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select"
        self.names = [f"column-{n}" for n in range(len(header))]

    @property
    def columns(self) -> list:
        return [self[name] for name in self.names]

    @property
    def mapping(self) -> dict:
        """As it was chosen; call it once the form is valid."""
        values = self.cleaned_data
        return {
            "columns": [values[name] for name in self.names],
            "date_order": values["date_order"],
            "region": values["region"],
        }
