"""The filters of the audit page, as they stand in its URL (requirement F01)."""

import re
from datetime import UTC, date, datetime, timedelta

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from portal.audit.queries.trail import Place, TrailFilter
from portal.enums import Role
from portal.web.date_fields import DayField
from portal.web.id_fields import IdField

DAYS = 7  # that the page shows if no first day is given, today included
_PLACE = re.compile(r"(\d{1,16})-(\d{1,18})")  # microseconds since 1970, and an id
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class TrailForm(forms.Form):
    """Invalid values are ignored, and said beside their field. `who` and `patient` are names or
    numbers; the view looks them up."""

    first = DayField(required=False)
    last = DayField(required=False)
    who = forms.CharField(required=False, validators=[MaxLengthValidator(100)])
    patient = forms.CharField(required=False, validators=[MaxLengthValidator(100)])
    role = forms.ChoiceField(required=False, choices=Role)
    verb = forms.CharField(required=False, max_length=40)
    type = forms.CharField(required=False, max_length=40)
    object = IdField()

    def clean(self):
        values = super().clean() or {}
        first, last = values.get("first"), values.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day is before the first."))
        return values

    def wanted(self, today: date) -> TrailFilter:
        """Without the people. `today` is a date at the office."""
        self.is_valid()
        values = self.cleaned_data
        last = values.get("last")
        return TrailFilter(
            first=values.get("first") or min(today, last or today) - timedelta(days=DAYS - 1),
            last=last,
            role=values.get("role", ""),
            verb=values.get("verb", ""),
            object_type=values.get("type", ""),
            object_id=values.get("object"),
        )


def place_of(text: str | None) -> Place | None:
    """Where a page goes on, from its URL; None if the text names no place."""
    found = _PLACE.fullmatch(text or "")
    if not found or not found[0].isascii():
        return None
    return Place(_EPOCH + timedelta(microseconds=int(found[1])), int(found[2]))


def text_of(place: Place) -> str:
    return f"{(place.at - _EPOCH) // timedelta(microseconds=1)}-{place.pk}"
