"""The form of a template of notes (requirement C06)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.models import NoteTemplate
from portal.models.lengths import longest
from portal.models.record import TEXTS
from portal.records.forms.notes import TextsForm
from portal.web.text_fields import LineField


class TemplateForm(TextsForm):
    name = LineField(
        label=_("Name"),
        max_length=longest(NoteTemplate, "name"),
        error_messages={"required": _("Enter a name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ["name", *TEXTS]

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return {"name": self.cleaned_data["name"], "texts": self.texts}
