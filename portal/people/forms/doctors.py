"""The filters of the directory."""

from django import forms

from portal.models.languages import LANGUAGES
from portal.web.id_fields import IdField


class DirectoryForm(forms.Form):
    """Read from the URL; invalid values are ignored."""

    q = forms.CharField(required=False, max_length=80)
    specialty = IdField()
    office = IdField()
    language = forms.ChoiceField(choices=list(LANGUAGES.items()), required=False)

    @property
    def wanted(self) -> dict:
        self.is_valid()
        return {
            "name": self.cleaned_data.get("q") or "",
            "specialty": self.cleaned_data.get("specialty"),
            "office": self.cleaned_data.get("office"),
            "language": self.cleaned_data.get("language") or "",
        }
