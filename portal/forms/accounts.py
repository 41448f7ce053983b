"""Signing in and signing up."""

from allauth.account import forms as allauth_forms
from django import forms
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField


class LoginForm(allauth_forms.LoginForm):
    def user_credentials(self) -> dict:
        """One way to look the account up, so that known and unknown ones take equally long (A04)."""
        login = self.cleaned_data["login"]
        method = "email" if "@" in login else "username"
        return {method: login, "password": self.cleaned_data.get("password")}


class SignupForm(allauth_forms.SignupForm):
    name = forms.CharField(
        label=_("Full name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = PhoneNumberField(
        label=_("Phone number"),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )

    field_order = ["name", "email", "phone", "password1"]
