"""The filters of the list of free slots."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.enums import PartOfDay
from portal.slots.queries.slots import DEFAULT_SORT, SORT_ORDERS, SlotFilter
from portal.web.date_fields import DayField
from portal.web.id_fields import IdField


class SlotFilterForm(forms.Form):
    """Read from the URL; an invalid value gets a message at its field and is otherwise ignored.

    The page renders the fields itself, because Django's select widget is too slow for long lists.
    """

    doctor = IdField()
    specialty = IdField()
    office = IdField()
    first_day = DayField(required=False)
    last_day = DayField(required=False)
    part = forms.ChoiceField(required=False, choices=PartOfDay.choices)
    sort = forms.ChoiceField(required=False, choices=[(key, key) for key in SORT_ORDERS])

    # The names in the URL are short; `from` cannot be a Python name.
    URL_NAMES = {"first_day": "from", "last_day": "to"}

    def add_prefix(self, field_name: str) -> str:
        return self.URL_NAMES.get(field_name, field_name)

    def clean(self):
        super().clean()
        values = self.cleaned_data
        first, last = values.get("first_day"), values.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day is before the first."))
        return values

    @property
    def wanted(self) -> SlotFilter:
        """The valid filters."""
        self.is_valid()
        fields = ("doctor", "specialty", "office", "first_day", "last_day", "part")
        return SlotFilter(**{name: self.cleaned_data.get(name) or None for name in fields})

    @property
    def sort_order(self) -> str:
        self.is_valid()
        return self.cleaned_data.get("sort") or DEFAULT_SORT
