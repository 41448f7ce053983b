"""The settings of a mail provider, in the form that anymail needs."""

from importlib.util import find_spec

from django.core.exceptions import ImproperlyConfigured

from clinic.environment import Environment

PREFIX = "ANYMAIL_"
NO_PROVIDERS = ("base", "base_requests", "console", "test")  # what else lies beside them


def name(env: Environment) -> str:
    """The value of MAIL_PROVIDER if anymail supports it; "" if it is not set."""
    provider = env.text("MAIL_PROVIDER").lower()
    if not provider:
        return ""
    if env.text("EMAIL_URL"):
        raise ImproperlyConfigured("Mail leaves in one way: set EMAIL_URL or MAIL_PROVIDER.")
    is_known = provider.isidentifier() and provider not in NO_PROVIDERS
    if not (is_known and find_spec(f"anymail.backends.{provider}")):
        raise ImproperlyConfigured("MAIL_PROVIDER is none that anymail knows; try sendgrid.")
    return provider


def options(env: Environment, provider: str, *, timeout_s: int) -> dict:
    """Every variable ANYMAIL_X as anymail's setting X; the provider's key is one of them."""
    given = {
        name.removeprefix(PREFIX): value
        for name, value in env.variables.items()
        if name.startswith(PREFIX) and value
    }
    key = f"{provider.upper()}_"
    if provider != "amazon_ses" and not any(name.startswith(key) for name in given):
        sentence = f"MAIL_PROVIDER={provider} needs its key: {PREFIX}{key}API_KEY."
        raise ImproperlyConfigured(sentence)
    return {
        "REQUESTS_TIMEOUT": timeout_s,
        # Links are secret and what a patient opens is nobody's business.
        "SEND_DEFAULTS": {"track_clicks": False, "track_opens": False},
        "IGNORE_UNSUPPORTED_FEATURES": True,  # where tracking cannot even be switched off
        **given,
    }


def backend(provider: str) -> str:
    """The class with which Django sends mail."""
    package = "portal.gateways" if provider == "sendgrid" else "anymail.backends"
    return f"{package}.{provider}.EmailBackend"
