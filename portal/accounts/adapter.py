"""How allauth does things here: patients sign up, mail goes through the worker, links are ours."""

from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import get_next_redirect_url, user_email
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _

from portal.accounts.services import accounts
from portal.audit.services import audit
from portal.models import ClinicSettings
from portal.notifications.services import letters, notifications, wording
from portal.web.context import for_request

NO_MATCH = _("The address or username and the password do not match an account here.")


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": NO_MATCH,
        "username_password_mismatch": NO_MATCH,
        "username_with_at": _("A username cannot contain “@”."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes and try again."),
        "incorrect_password": _("That is not your password."),
        "enter_current_password": _("That is not your present password."),
        "duplicate_email": _("That is your address already."),
    }

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
        user.set_password(form.cleaned_data["password1"])
        accounts.register_patient(user, phone=form.cleaned_data["phone"].as_e164, by=user)
        return user

    def set_password(self, user, password: str) -> None:
        accounts.set_password(user, password=password, by=user)

    def confirm_email(self, request, email_address) -> bool:
        with transaction.atomic():
            confirmed = super().confirm_email(request, email_address)
            if confirmed:
                user = email_address.user
                audit.record("confirm_email", user, by=user)
                if user.last_login is None:  # not when they change their address later
                    notifications.tell_user("account_confirmed", user, by=user, key=str(user.pk))
        return confirmed

    def can_delete_email(self, email_address) -> bool:
        """Only a change that waits for its confirmation; allauth would let the last address go."""
        return not (email_address.primary or email_address.verified)

    def is_safe_url(self, url: str) -> bool:
        """After signing in one is sent to a path of the portal, never to another address."""
        return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def _get_login_attempts_cache_key(self, request, **credentials) -> str:
        """Without the host, which allauth puts in: each other port would be five more guesses."""
        return credentials.get("email", credentials.get("username", "")).lower()

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Puts the mail into the outbox in the present transaction; the worker sends it."""
        clinic = wording.letterhead(self._clinic())
        context = {**context, "email": email, "clinic": clinic, "origin": settings.ORIGIN}
        message = self.render_mail(template_prefix, email, context)
        text = letters.tidy(message.body)
        html = wording.page(message.subject, text, clinic)
        notifications.mail_account(
            email, user=context.get("user"), subject=message.subject, text=text, html=html
        )

    def get_from_email(self) -> str:
        return wording.sender(self._clinic())

    def get_email_confirmation_url(self, request, emailconfirmation) -> str:
        """The link keeps what the person was about to do, also if another browser opens it."""
        path = reverse("account_confirm_email", args=[emailconfirmation.key])
        following = get_next_redirect_url(request)
        return settings.ORIGIN + path + (f"?{urlencode({'next': following})}" if following else "")

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse(
            "account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"}
        ).replace("UID-KEY", quote(key))
        return settings.ORIGIN + path

    def _clinic(self) -> ClinicSettings:
        return for_request(self.request) if self.request else ClinicSettings.current()
