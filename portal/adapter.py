"""How allauth does things here: patients sign up, mail goes through the worker, links are ours."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import user_email
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.context import for_request
from portal.services import accounts
from portal.tasks import send_mail


class AccountAdapter(DefaultAccountAdapter):
    def populate_username(self, request, user) -> None:
        """A username is optional; none is made up."""

    def clean_username(self, username: str, shallow: bool = False) -> str:
        if "@" in username:
            raise self.validation_error("username_with_at")
        return super().clean_username(username, shallow)

    def save_user(self, request, user, form, commit=True):
        """Sign-up makes a patient, whatever else the form was sent with."""
        user_email(user, form.cleaned_data["email"].lower())
        user.name = form.cleaned_data["name"]
        self.set_password_of(user, form)
        accounts.register_patient(user, phone=str(form.cleaned_data["phone"]), by=user)
        return user

    @staticmethod
    def set_password_of(user, form) -> None:
        user.set_password(form.cleaned_data["password1"])

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Enqueues the mail in the present transaction; the worker sends it."""
        clinic = for_request(self.request) if self.request else None
        message = self.render_mail(
            template_prefix,
            email,
            {"email": email, "clinic": clinic, "origin": settings.ORIGIN, **context},
        )
        html = next((body for body, kind in getattr(message, "alternatives", [])), "")
        send_mail.enqueue(
            to=email,
            subject=message.subject,
            text=message.body,
            html=html,
            sender=self.get_from_email(),
        )

    def get_email_confirmation_url(self, request, emailconfirmation) -> str:
        return settings.ORIGIN + reverse("account_confirm_email", args=[emailconfirmation.key])

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse(
            "account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"}
        ).replace("UID-KEY", key)
        return settings.ORIGIN + path

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_with_at": _("A username cannot contain “@”."),
    }
