"""Two patients are compared, and one of them stays (requirement A17)."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.models import Patient, PatientMerge
from portal.models.lengths import longest
from portal.people.queries.merge_values import GONE, KEPT, Differing, differing, fingerprint
from portal.web.text_fields import LineField

LEFT, RIGHT = "left", "right"
_SIDES = ((LEFT, _("left")), (RIGHT, _("right")))
CHOOSE = _("Choose one of the two.")


class MergeForm(forms.Form):
    """`left` is the patient from whose page it is opened. The choices name a side, so that they do
    not depend on who stays. `seen` tells whether the data have changed since."""

    stays = forms.ChoiceField(choices=_SIDES, error_messages={"required": CHOOSE})
    reason = LineField(
        label=_("Why are they the same person?"),
        help_text=_("For the record; the patient does not read it."),
        max_length=longest(PatientMerge, "reason"),
        error_messages={"required": _("Say why, for the record.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data=None, *, left: Patient, right: Patient):
        self.left, self.right = left, right
        self.has_choice = not (left.user_id or right.user_id)
        self.differing = list(differing(left, right))
        initial: dict[str, Any] = {"seen": fingerprint(left, right)}
        initial["stays"] = RIGHT if right.user_id else LEFT
        super().__init__(data, initial=initial)
        sides = self._taken_by_default(initial["stays"])
        for one in self.differing:
            side = sides[one.name]
            self.fields[f"take-{one.name}"] = forms.ChoiceField(
                choices=_SIDES,
                label=one.label,
                initial=side,
                error_messages={"required": CHOOSE},
            )

    def _taken_by_default(self, stays: str) -> dict[str, str]:
        """The values of the one who stays, unless only the other one has any."""
        other = RIGHT if stays == LEFT else LEFT
        both = (self.left, self.right) if stays == LEFT else (self.right, self.left)
        return {one.name: stays if one.default == KEPT else other for one in differing(*both)}

    def rows(self) -> Iterator[tuple[Differing, str, str]]:
        """What differs, the name of its field, and the side that is chosen."""
        for one in self.differing:
            name = f"take-{one.name}"
            yield one, name, self[name].value()

    def kept(self) -> Patient:
        return self.left if self.cleaned_data["stays"] == LEFT else self.right

    def gone(self) -> Patient:
        return self.right if self.cleaned_data["stays"] == LEFT else self.left

    def choices(self) -> dict[str, str]:
        """As the service takes them."""
        side = self.cleaned_data["stays"]
        return {
            one.name: KEPT if self.cleaned_data[f"take-{one.name}"] == side else GONE
            for one in self.differing
        }

    def chosen(self) -> Iterator[tuple[Differing, str]]:
        """What differs, and the value that is taken."""
        for one in self.differing:
            side = self.cleaned_data[f"take-{one.name}"]
            yield one, one.kept if side == LEFT else one.gone

    def sent(self) -> Iterator[tuple[str, str]]:
        """Names and values, for the hidden fields of the check page."""
        return ((name, self.cleaned_data[name]) for name in self.fields)
