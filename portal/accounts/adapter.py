"""Adapts allauth: patients and doctors sign up, mail is sent by the worker, links are built from
ORIGIN."""

from datetime import timedelta
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import clear_authentication_records
from allauth.account.utils import get_next_redirect_url, user_email
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _

from portal.accounts import barred, second_factor
from portal.accounts.services import accounts, attempts, calendar_feeds, second_factors
from portal.accounts.services.attempts import Limit
from portal.accounts.services.guessing import PasswordAttempt
from portal.audit.services import access, audit
from portal.models import ClinicSettings
from portal.notifications import letters
from portal.notifications.declaration import Recipient
from portal.notifications.services import notifications, wording
from portal.people.services import approvals
from portal.web.addresses import client_address, network_of
from portal.web.context import for_request

NO_MATCH = _("The address or username and the password do not match an account here.")
CALENDAR_ENDED = _(
    "The secret address of your calendar has ended with the old password. "
    "Make a new one in your profile, and give it to your calendar program."
)
NO_ADDRESS = "0.0.0.0"  # noqa: S104 (no server listens on it)
ASKED_FOR = {
    f"account/email/{name}"
    for name in ("email_confirmation", "email_confirmation_signup", "account_already_exists")
}
SET_UP = {"totp_activated", "webauthn_added"}
REMOVED = {"totp_deactivated", "webauthn_removed"}
# What allauth mails about → the verb of the audit trail.
FACTOR_VERBS = {
    f"mfa/email/{name}": name for name in (*SET_UP, *REMOVED, "recovery_codes_generated")
}
LINKS = Limit("link to confirm an address", 3, timedelta(minutes=15))


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": NO_MATCH,
        "username_password_mismatch": NO_MATCH,
        "username_with_at": _("A username cannot contain “@”."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes and try again."),
        "incorrect_password": _("That is not your password."),
        "enter_current_password": _("That is not your present password."),
        "rate_limited": _("Too many attempts. Wait a few minutes and try again."),
        "duplicate_email": _("That is your address already."),
    }

    def populate_username(self, request, user) -> None:
        """A username is optional; none is generated."""

    def clean_username(self, username: str, shallow: bool = False) -> str:
        if "@" in username:
            raise self.validation_error("username_with_at")
        return super().clean_username(username, shallow)

    def save_user(self, request, user, form, commit=True):
        """The form of each sign-up page makes one kind of account, whatever else is sent to it."""
        user_email(user, form.cleaned_data["email"].lower())
        user.name = form.cleaned_data["name"]
        user.set_password(form.cleaned_data["password1"])
        form.register(user)
        return user

    def set_password(self, user, password: str) -> None:
        had_calendar = bool(calendar_feeds.token_of(user))
        accounts.set_password(user, password=password, by=user)
        if had_calendar:
            messages.warning(self.request, CALENDAR_ENDED)

    def confirm_email(self, request, email_address) -> bool:
        with transaction.atomic():
            approvals.hold_applicant(email_address.user, by=email_address.user)
            confirmed = super().confirm_email(request, email_address)
            if confirmed:
                user = email_address.user
                audit.record("confirm_email", user, by=user)
                if user.last_login is None:  # not when they change their address later
                    _welcome(user)
        return confirmed

    def respond_user_inactive(self, request, user):
        """After the right password, passkey, code or link of a blocked or closed account (A10)."""
        return redirect(barred.page_url(user.state))

    def can_delete_email(self, email_address) -> bool:
        """Only an address that waits for its confirmation; allauth would allow the last address to
        be deleted."""
        return not (email_address.primary or email_address.verified)

    def is_safe_url(self, url: str) -> bool:
        """After sign-in the user is redirected to a path of the portal only, never to another
        host."""
        return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_client_ip(self, request) -> str:
        """allauth would answer 403 if no address is known, as behind a Unix socket."""
        return client_address(request) or NO_ADDRESS

    def pre_authenticate(self, request, **credentials) -> None:
        """Counts the password as wrong before it is checked, so that parallel attempts count too
        (A04)."""
        self._attempt = _attempt(request, **credentials)
        if not self._attempt.may():
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request, **credentials):
        user = super().authenticate(request, **credentials)
        if user:
            self._attempt.was_right()
        else:
            typed = credentials.get("email") or credentials.get("username") or ""
            access.sign_in_failed(self._attempt.user_id, typed=typed, by=None)
        return user

    def login(self, request, user) -> None:
        """However somebody signs in, it ends here. allauth asks for the state of the account when
        the password is right, but not again after a code or an emailed link (A10)."""
        if not user.is_active:
            clear_authentication_records(request)
            raise ImmediateHttpResponse(self.respond_user_inactive(request, user))
        super().login(request, user)
        audit.record("sign_in", user, by=user)

    def logout(self, request) -> None:
        user = request.user
        super().logout(request)
        if user.is_authenticated:
            audit.record("sign_out", user, by=user)

    def _delete_login_attempts_cached_email(self, request, **credentials) -> None:
        """allauth calls this after a password reset."""
        _attempt(request, **credentials).clear()

    def send_notification_mail(self, template_prefix, user, context=None, email=None) -> None:
        """allauth calls this after each change of a second factor, which is recorded here (A12)."""
        verb = FACTOR_VERBS.get(template_prefix)
        if verb:
            second_factors.note(user, by=user, verb=verb)
        if verb in SET_UP:
            second_factor.note_set_up(self.request)
        elif verb in REMOVED:
            second_factor.note_removed(self.request)
        super().send_notification_mail(template_prefix, user, context, email)

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Write the mail to the outbox in the present transaction; the worker sends it.

        If somebody asks for links again and again, no more are sent; the last one is still valid.
        """
        if template_prefix in ASKED_FOR and not attempts.take(LINKS, email.lower()):
            return
        clinic = wording.letterhead(self._clinic())
        context = {**context, "email": email, "clinic": clinic, "origin": settings.ORIGIN}
        message = self.render_mail(template_prefix, email, context)
        text = letters.tidy(message.body)
        html = wording.page(message.subject, text, clinic)
        user = context.get("user")
        # The address need not be the user's own yet, nor need there be a user.
        to = [Recipient("user", user, address=email)]
        facts = {"subject": message.subject, "text": text, "html": html}
        notifications.tell("account", about=user, by=user, to=to, **facts)

    def get_from_email(self) -> str:
        return wording.sender(self._clinic())

    def get_email_confirmation_url(self, request, emailconfirmation) -> str:
        """The link contains the page to return to, so it also works in another browser."""
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


def _welcome(user) -> None:
    if user.is_doctor:
        approvals.confirmed(user, by=user)
    else:
        notifications.tell("account_confirmed", about=user, by=user)


def _attempt(request, *, email: str = "", username: str = "", **_password) -> PasswordAttempt:
    return PasswordAttempt(
        address=network_of(client_address(request)), email=email, username=username
    )
