"""A form field for the languages that somebody speaks (A02)."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.models.languages import LANGUAGES, stored
from portal.models.names import fold

MOST_LANGUAGES = 20


def language_choices() -> list[tuple[str, str]]:
    """(code, name), by name. No query."""
    named = [(code, str(name)) for code, name in LANGUAGES.items()]
    return sorted(named, key=lambda one: fold(one[1]))


class ChosenFirst(forms.CheckboxSelectMultiple):
    """Boxes with the ticked ones first, so that nobody looks for them in a long list."""

    def optgroups(self, name, value, attrs=None):
        groups = super().optgroups(name, value, attrs)
        return sorted(groups, key=lambda group: not group[1][0]["selected"])


class LanguagesField(forms.MultipleChoiceField):
    """Its value is as the column stores it."""

    widget = ChosenFirst

    def __init__(self, **kwargs):
        super().__init__(
            label=gettext_lazy("Languages you speak with patients"),
            required=False,
            choices=language_choices,
            **kwargs,
        )

    def clean(self, value) -> str:
        codes = set(super().clean(value))
        if len(codes) > MOST_LANGUAGES:
            raise forms.ValidationError(
                _("Choose at most %(most)s languages.") % {"most": MOST_LANGUAGES}
            )
        return stored(codes)
