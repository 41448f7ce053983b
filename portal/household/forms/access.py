"""Forms of access to another's chart (requirement A14)."""

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.enums import Gender, Relation, Scope
from portal.models import Patient, ProxyAccess
from portal.models.lengths import longest
from portal.web.date_fields import BirthdayField
from portal.web.own_fields import own_field
from portal.web.text_fields import LineField

# Records and money are more private: who is to give them away has to tick them.
PRESET = [Scope.APPOINTMENTS, Scope.MESSAGES]


class ScopesForm(forms.Form):
    """What the patient is to the user, and what the user may do."""

    relation = forms.ChoiceField(
        label=_("They are my"),
        choices=[("", _("Choose")), *Relation.choices],
        error_messages={"required": _("Choose what fits best.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("What they may see and do for me"),
        choices=Scope,
        initial=PRESET,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )

    @property
    def values(self) -> dict[str, Any]:
        """What the services take; scopes as Scope."""
        return {**self.cleaned_data, "scopes": [Scope(one) for one in self.cleaned_data["scopes"]]}


class ChangeForm(ScopesForm):
    """By the patient or the desk; `relation` stays as it is."""

    def __init__(self, data=None, *, access: ProxyAccess, is_own: bool):
        super().__init__(data, initial={"scopes": access.scopes})
        del self.fields["relation"]
        if not is_own:
            self.fields["scopes"].label = _("What they may see and do for the patient")


class OfferForm(ScopesForm):
    """The patient offers access; `relation` is asked from the patient's side."""

    email = forms.EmailField(
        label=_("Their email address"),
        help_text=_("They get a mail with a link. They need an account of their own here."),
        max_length=longest(ProxyAccess, "email"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter an email address.")},
    )
    field_order = ["email", "relation", "scopes"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["relation"].label = _("I am their")


class PersonForm(forms.Form):
    """Who is to be looked after. `today`: the latest date of birth."""

    name = LineField(
        label=_("Full name"),
        max_length=longest(Patient, "name"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter the full name.")},
    )
    born = BirthdayField(
        label=_("Date of birth"),
        help_text=_("Day, month, year: 4/3/1980."),
        error_messages={"required": _("Enter the date of birth.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        own_field(self, "born", BirthdayField).today = today


class AskForm(PersonForm, ScopesForm):
    """A user asks to look after somebody who is a patient here already."""

    email = forms.EmailField(
        label=_("Email address that the clinic has of them"),
        help_text=_("We write to it and ask. For a child it may be your own."),
        max_length=longest(Patient, "email"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter an email address.")},
    )
    field_order = ["name", "born", "email", "relation", "scopes"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["scopes"].label = _("What I may see and do for them")


class ChildForm(PersonForm):
    """A child who is not a patient yet. `token` is used once."""

    gender = forms.ChoiceField(
        label=_("Gender"), required=False, choices=[("", _("Not stated")), *Gender.choices]
    )
    token = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid"), _("Please send the form again.")),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("The child’s full name")
        self.fields["born"].help_text = _("Day, month, year: 4/3/2018.")
        self.initial.setdefault("token", uuid4())

    @property
    def values(self) -> dict[str, Any]:
        """What `children.add` takes."""
        given = dict(self.cleaned_data)
        return {"form_token": given.pop("token"), **given}


class GrantForm(ScopesForm):
    """The desk gives access to an account, after looking at papers."""

    email = forms.EmailField(
        label=_("Email address of the account"),
        help_text=_("Exactly as they sign in with it; ask them to read it out."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter an email address.")},
    )
    seen = forms.BooleanField(
        label=_("I have seen the identity cards, and the patient or who has custody agrees"),
        error_messages={"required": _("Only with the agreement of the patient.")},
    )
    field_order = ["email", "relation", "scopes", "seen"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["relation"].label = _("The patient is their")
        self.fields["scopes"].label = _("What they may see and do for the patient")

    @property
    def values(self) -> dict[str, Any]:
        """Without `seen`, which is demanded and not kept."""
        return {name: value for name, value in super().values.items() if name != "seen"}
