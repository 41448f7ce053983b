"""Forms about other people's accounts, for admins (requirements A03, A07, A10)."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.forms.profile import UsernameForm
from portal.accounts.services import addresses
from portal.accounts.services.standing import LONGEST_REASON
from portal.enums import Role, UserState
from portal.models import Invitation, Office, Specialty, User
from portal.models.lengths import longest
from portal.web.ids import id_of
from portal.web.text_fields import LineField

INVITED = "invited"
_LISTED = [one for one in UserState.choices if one[0] != UserState.ERASED]
STATES = [("", _("All")), *_LISTED, (INVITED, _("Invited"))]
ROLES = [("", _("All roles")), *Role.choices]


class PeopleForm(forms.Form):
    """Read from the address; invalid values are ignored."""

    q = forms.CharField(required=False, max_length=100)
    role = forms.ChoiceField(required=False, choices=ROLES)
    state = forms.ChoiceField(required=False, choices=STATES)

    @property
    def wanted(self) -> dict[str, str]:
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in ("q", "role", "state")}


class PersonForm(UsernameForm):
    """Another's name and username."""

    name = LineField(
        label=_("Full name"),
        max_length=longest(User, "name"),
        error_messages={"required": _("Enter the full name.")},
    )
    field_order = ["name", "username"]


class BlockPersonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("For admins only; the person does not read it."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why, in a few words.")},
    )


class CorrectEmailForm(forms.Form):
    email = forms.EmailField(
        label=_("New email address"),
        help_text=_("A link goes there; it counts once the person has opened it."),
        max_length=longest(User, "email"),
        error_messages={"required": _("Enter an email address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("For admins only; the mail to the present address leaves it out."),
        max_length=addresses.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why, in a few words.")},
    )


class ManyField(forms.ModelMultipleChoiceField):
    """A value that cannot be an id is refused before a query, as SQLite cannot compare with it."""

    def clean(self, value):
        if any(id_of(str(one)) is None for one in value or ()):
            raise forms.ValidationError(
                self.error_messages["invalid_choice"], "invalid_choice", {"value": _("This")}
            )
        return super().clean(value)


class OfficesForm(forms.Form):
    """The offices whose diaries an assistant runs."""

    all_offices = forms.BooleanField(
        label=_("All offices, also those that open later"), required=False
    )
    offices = ManyField(
        Office.objects.all(),
        label=_("Or these offices"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=_("Email address"),
        max_length=longest(Invitation, "email"),
        error_messages={"required": _("Enter an email address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    name = LineField(
        label=_("Full name"),
        max_length=longest(Invitation, "name"),
        error_messages={"required": _("Enter the full name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def values(self) -> dict:
        """What `invitations.invite` takes."""
        return dict(self.cleaned_data)


class InviteAssistantForm(OfficesForm, InviteForm):
    field_order = ["email", "name", "all_offices", "offices"]


class InviteDoctorForm(InviteForm):
    specialty = forms.ModelChoiceField(
        Specialty.objects.open(),
        label=_("Specialty"),
        empty_label=_("Choose one"),
        error_messages={"required": _("Choose a specialty.")},
    )
    office = forms.ModelChoiceField(
        Office.objects.open(),
        label=_("Office"),
        empty_label=_("Choose one"),
        error_messages={"required": _("Choose an office.")},
    )
    fee = forms.DecimalField(
        label=_("Consultation fee"),
        help_text=_("In the clinic’s currency."),
        min_value=0,
        max_value=Decimal(99999),
        decimal_places=2,
        error_messages={"required": _("Enter the fee; 0 if there is none.")},
    )
    field_order = ["email", "name", "specialty", "office", "fee"]

    def values(self) -> dict:
        values = super().values()
        return values | {"fee_cents": int(values.pop("fee") * 100)}


INVITE_FORMS = {
    Role.ASSISTANT: InviteAssistantForm,
    Role.DOCTOR: InviteDoctorForm,
    Role.ADMIN: InviteForm,
}
