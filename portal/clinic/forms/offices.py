"""The forms for offices and specialties (requirement B01)."""

from functools import cache
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.models import Office, Specialty
from portal.web.own_fields import own_field
from portal.web.phone_fields import PhoneField
from portal.web.text_fields import LineField

# Areas of the IANA list whose zones are places; the others are kept for old systems.
AREAS = {"Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe"}
AREAS |= {"Indian", "Pacific"}
SAID_ZONE = _("Choose the time zone of the place.")


def zone_choices() -> list[tuple[str, object]]:
    return [("", _("Choose a city in the same time zone")), *_zones()]


@cache
def _zones() -> list[tuple[str, str]]:
    """By city, which is what people type to find theirs in the list: `Madrid, Europe`."""
    names = [name for name in available_timezones() if name.partition("/")[0] in AREAS]
    return sorted(((name, _shown(name)) for name in names), key=lambda one: one[1])


def _shown(name: str) -> str:
    *areas, city = name.replace("_", " ").split("/")
    return f"{city}, {', '.join(reversed(areas))}"


def zone_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        help_text=_("All times of the office are on this clock. Type the first letters of a city."),
        error_messages={"required": SAID_ZONE, "invalid_choice": SAID_ZONE},
    )


class OfficeForm(forms.ModelForm):
    """`asks_to_keep`: the service wants to know whether what is ahead keeps its clock time."""

    phone = PhoneField(label=_("Phone number"), autocomplete="off")
    time_zone = zone_field()
    keep_wall_time = forms.BooleanField(
        label=_(
            "Everything ahead keeps its clock time. Patients are not told, because for them "
            "nothing changes."
        ),
        required=False,
    )

    class Meta:
        model = Office
        fields = ("name", "address", "phone", "time_zone", "reply_to")
        field_classes = {"name": LineField, "address": LineField}
        labels = {
            "name": _("Name"),
            "address": _("Address"),
            "reply_to": _("Address that answers to mails go to"),
        }
        error_messages = {
            "name": {"required": _("Enter the name.")},
            "address": {"required": _("Enter the address.")},
        }
        help_texts = {
            "name": _("What patients and colleagues call it."),
            "address": _("In one line, as patients enter it into a map."),
            "reply_to": _("Of mails about its appointments. Empty: the clinic’s."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.asks_to_keep = "keep_wall_time" in self.data
        present = self.instance.time_zone or self.initial.get("time_zone")
        zone = own_field(self, "time_zone", forms.ChoiceField)
        if present and present not in dict(_zones()):
            zone.choices = [*zone_choices(), (present, present)]

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def validate_unique(self) -> None:
        """The service says it, which sees what is saved at that moment."""


class OwnOfficeForm(forms.ModelForm):
    """What a doctor changes of their own office."""

    phone = PhoneField(label=_("Phone number"), autocomplete="off")

    class Meta:
        model = Office
        fields = ("address", "phone")
        field_classes = {"address": LineField}
        labels = {"address": _("Address")}
        error_messages = {"address": {"required": _("Enter the address.")}}


class CloseOfficeForm(forms.Form):
    """`doctors_to`: where the doctors belong from then on whose own office it was."""

    doctors_to = forms.ModelChoiceField(
        Office.objects.none(), label=_("Its doctors belong to"), required=False, empty_label="—"
    )

    def __init__(self, *args, office: Office, **kwargs):
        super().__init__(*args, **kwargs)
        others = Office.objects.open().exclude(pk=office.pk).order_by("search_name")
        own_field(self, "doctors_to", forms.ModelChoiceField).queryset = others


class SpecialtyForm(forms.ModelForm):
    class Meta:
        model = Specialty
        fields = ("name",)
        field_classes = {"name": LineField}
        labels = {"name": _("Name")}
        error_messages = {"name": {"required": _("Enter the name.")}}
        help_texts = {"name": _("As patients look for it, such as “Dermatology”.")}

    def validate_unique(self) -> None:
        """The service says it, which sees what is saved at that moment."""
