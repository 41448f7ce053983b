"""The form of an encounter note (requirement C06)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from portal.models import EncounterNote
from portal.models.lengths import longest
from portal.models.record import LONGEST, TEXTS
from portal.records.services.notes import LONGEST_HOLD
from portal.web.text_fields import LineField


class TextField(forms.CharField):
    """One of the texts: kept as it was typed, with its spaces and lines."""

    widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "true"})

    def __init__(self, *, label: StrOrPromise):
        super().__init__(label=label, max_length=LONGEST, required=False, strip=False)

    def to_python(self, value) -> str:
        """Browsers send lines with CR LF."""
        return (super().to_python(value) or "").replace("\r\n", "\n")


class TextsForm(forms.Form):
    """The four texts of a note."""

    complaint = TextField(label=_("Complaint"))
    findings = TextField(label=_("Findings"))
    diagnosis = TextField(label=_("Diagnosis"))
    plan = TextField(label=_("Plan"))

    @property
    def texts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in TEXTS}


class DraftForm(TextsForm):
    """`seen`: the version that the page shows."""

    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)


class NoteForm(DraftForm):
    """With what is said when the note is signed."""

    reason = LineField(
        label=_("Why it is amended"),
        help_text=_("The patient reads it with the amended note."),
        max_length=200,
        required=False,
    )
    hold_days = forms.IntegerField(
        label=_("Hold it back from the patient for days"),
        help_text=_("Empty: the patient reads it at once."),
        min_value=1,
        max_value=LONGEST_HOLD.days,
        required=False,
    )
    hold_reason = LineField(
        label=_("Why it is held back"),
        help_text=_("For doctors only; the patient sees until when."),
        max_length=longest(EncounterNote, "held_reason"),
        required=False,
    )

    def __init__(self, *args, is_amendment: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        unused = ("hold_days", "hold_reason") if is_amendment else ("reason",)
        for name in unused:
            del self.fields[name]
        if not self.is_bound:
            self.fields[TEXTS[0]].widget.attrs["autofocus"] = True

    @property
    def signing(self) -> dict[str, Any]:
        """What `notes.sign` takes beside the texts."""
        data = self.cleaned_data
        return {
            "reason": data.get("reason", ""),
            "hold_days": data.get("hold_days") or 0,
            "hold_reason": data.get("hold_reason", ""),
        }
