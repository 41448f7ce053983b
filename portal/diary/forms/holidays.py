"""An office's country and region, and its own closing days (requirement B03)."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.diary.queries.public_holidays import countries, regions
from portal.models import Holiday, Office
from portal.web.date_fields import DayField
from portal.web.own_fields import own_field
from portal.web.text_fields import LineField


class PlaceForm(forms.Form):
    """The regions are those of the office's country; a new country starts without a region."""

    country = forms.ChoiceField(
        label=_("Country"),
        required=False,
        error_messages={"invalid_choice": _("Choose a country of the list.")},
    )
    region = forms.ChoiceField(
        label=_("Region"),
        required=False,
        help_text=_("Some holidays are those of a region only."),
        error_messages={"invalid_choice": _("Choose a region of the list.")},
    )

    def __init__(self, *args, office: Office, **kwargs):
        kwargs["initial"] = {"country": office.country, "region": office.region}
        super().__init__(*args, **kwargs)
        self.office = office
        country_field = own_field(self, "country", forms.ChoiceField)
        country_field.choices = [("", _("None: propose nothing")), *countries()]
        country = self.data.get("country", office.country) if self.is_bound else office.country
        self.is_new_country = country != office.country
        known = regions(office.country) if office.country else []
        if self.is_new_country or not known:
            del self.fields["region"]
        else:
            region_field = own_field(self, "region", forms.ChoiceField)
            region_field.choices = [("", _("The whole country")), *known]


class ClosingForm(forms.Form):
    day = DayField(label=_("Date"))
    name = LineField(
        label=_("What for"),
        max_length=Holiday._meta.get_field("name").max_length,
        error_messages={"required": _("Say why the office is closed, such as “Moving house”.")},
    )
