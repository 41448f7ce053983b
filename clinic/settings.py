"""Settings of the clinic portal. Values that differ between machines come from the environment."""

from pathlib import Path
from urllib.parse import quote

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from phonenumbers import SUPPORTED_REGIONS

from clinic import addresses, mail_provider, mfa_keys, object_storage, server_urls
from clinic.environment import Environment
from portal.gateways import sms_url

BASE_DIR = Path(__file__).resolve().parent.parent

env = Environment()
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var"))).expanduser()
if VAR_DIR.exists() and not VAR_DIR.is_dir():
    raise ImproperlyConfigured("VAR_DIR must be a folder.")
env.read_file(VAR_DIR / "env")

# --- What kind of start is this ---------------------------------------------------------------

DEBUG = env.boolean("DEBUG", default=False)
SECRET_KEY = env.verbatim("SECRET_KEY")
ORIGIN = env.parsed("ORIGIN", addresses.origin, default="http://localhost:8000")
HTTPS = ORIGIN.startswith("https://")
ALLOWED_HOSTS = env.parsed("ALLOWED_HOSTS", addresses.hosts, default="localhost,127.0.0.1")
ALLOWED_HOSTS.append(addresses.host_of(ORIGIN))
CSRF_TRUSTED_ORIGINS = [ORIGIN]
NODES = env.integer("NODES", default=1, least=1)  # how many machines run this portal
if not SECRET_KEY.strip():
    raise ImproperlyConfigured("SECRET_KEY is not set; make a random one of 50 characters.")
if not DEBUG and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY must have at least 50 characters; make a random one.")

# --- Apps, middleware, templates --------------------------------------------------------------

INSTALLED_APPS = [
    "portal",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "phonenumber_field",
    "rules",
    "template_partials",
]

MIDDLEWARE = [
    "portal.worker.health.health",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.web.middleware.request_context",
    "portal.web.no_store.no_store",
    "portal.worker.proxies.notice_forwarded_header",
    "portal.web.permissions_policy.permissions_policy",
    "portal.web.typed_text.readable_requests",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.accounts.barred.end_sessions",
    "portal.accounts.session_limits.limit_sessions",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "portal.accounts.second_factor.demand_second_factor",
    "portal.accounts.page_limits.limit_posts",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.web.sign_out.clear_site_data",
    "portal.audit.denials.record_denials",
    "portal.web.middleware.portal_errors",
    "portal.web.typed_text.clean_forms",
]

ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.web.context.clinic",
                "portal.accounts.context.session_limit",
                "portal.notifications.context.bell",
                "portal.slots.context.chosen_time",
            ],
            "libraries": {
                "clinic": "portal.web.templatetags.clinic",
                "mail": "portal.notifications.templatetags.mail",
                "rows": "portal.web.templatetags.rows",
            },
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Database, cache, tasks -------------------------------------------------------------------

_SQLITE_URL = f"sqlite:///{quote(str(VAR_DIR.absolute() / 'portal.sqlite3'))}"
DATABASES = {"default": env.parsed("DATABASE_URL", server_urls.database, default=_SQLITE_URL)}
SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if SQLITE and NODES > 1:
    raise ImproperlyConfigured("SQLite cannot be shared by several machines; set DATABASE_URL.")
if SQLITE:
    # IMMEDIATE makes writing transactions queue up instead of failing half-way with "locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 60,  # seconds that commands wait for another writer; requests: clinic/wsgi.py
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
            "PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=134217728;"
        ),
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    given = {"connect_timeout": 5, **DATABASES["default"].get("OPTIONS", {})}
    if not env.boolean("DATABASE_POOLER", default=False):
        # What a page asks is planned once a connection, and for data in memory or on an SSD:
        # docs/decisions/prepared-statements.md. Options in the URL come later, so they win.
        given = {
            "server_side_binding": True,
            "prepare_threshold": 5,
            **given,
            "options": f"-c random_page_cost=1.1 {given.get('options', '')}".rstrip(),
        }
    DATABASES["default"]["OPTIONS"] = given
DATABASES["default"]["CONN_MAX_AGE"] = env.integer("CONN_MAX_AGE", default=60, least=0)

# Shared by all processes. Django would throw entries away at 300.
CACHES = {
    "default": env.parsed(
        "CACHE_URL", server_urls.cache, default="dbcache://cache?max_entries=100000"
    )
}
if not DEBUG and server_urls.is_of_one_process(env.text("CACHE_URL")):
    raise ImproperlyConfigured("CACHE_URL must name a cache that all processes share.")
# Parts of templates that are the same for everybody of a role; each process keeps its own.
CACHES["templates"] = {
    "BACKEND": "django.core.cache.backends."
    + ("dummy.DummyCache" if DEBUG else "locmem.LocMemCache"),
    "LOCATION": "templates",
    "OPTIONS": {"MAX_ENTRIES": 2000},
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
# Seconds without a sign of life after which a worker's tasks are taken over by others.
WORKER_SILENT_AFTER = env.seconds("WORKER_SILENT_AFTER", default=30, least=1, most=86400)

# --- Files and mail ---------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
MANIFEST_STATIC = env.boolean("MANIFEST_STATIC", default=not DEBUG)
MEDIA_ROOT = VAR_DIR / "files"

STORAGES: dict[str, dict] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if MANIFEST_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
S3 = object_storage.options(env)
if S3:
    STORAGES["default"] = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": S3}

MAIL_DIR = VAR_DIR / "mail"
EMAIL_BACKEND = "portal.gateways.mail_folder.EmailBackend"
DEFAULT_FROM_EMAIL = env.parsed("MAIL_FROM", addresses.sender, default="clinic@localhost")
if "MAIL_FROM" in env.variables and not env.text("MAIL_FROM"):
    raise ImproperlyConfigured("MAIL_FROM is empty; name the address that mails are from.")
EMAIL_TIMEOUT = 10
if env.text("EMAIL_URL"):
    vars().update(env.parsed("EMAIL_URL", server_urls.mail))
MAIL_PROVIDER = mail_provider.name(env)  # one whose interface anymail speaks
if MAIL_PROVIDER:
    ANYMAIL = mail_provider.options(env, MAIL_PROVIDER, timeout_s=EMAIL_TIMEOUT)
    EMAIL_BACKEND = mail_provider.backend(MAIL_PROVIDER)
    INSTALLED_APPS.append("anymail")
# "folder" for a demo, an address of Twilio, or empty for none at all.
SMS_URL = env.text("SMS_URL", "folder" if DEBUG and "SMS_URL" not in env.variables else "")
try:
    sms_url.twilio(SMS_URL)
except ValueError as error:
    raise ImproperlyConfigured(str(error)) from None
SMS_DIR = VAR_DIR / "sms"
# Seconds to wait before each further attempt at a message that was not taken.
DELIVERY_PAUSES = env.list_of_seconds(
    "DELIVERY_PAUSES", default=[60, 300, 900, 3600, 14400], most=30 * 86400
)

# --- Signing in -------------------------------------------------------------------------------

AUTH_USER_MODEL = "portal.User"
AUTHENTICATION_BACKENDS = ["portal.accounts.sign_in.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": name}
    for name in (
        "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "portal.accounts.passwords.LengthValidator",
        "portal.accounts.passwords.CommonPasswordValidator",
        "django.contrib.auth.password_validation.NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboard"
ACCOUNT_LOGOUT_REDIRECT_URL = "signed-out"
ACCOUNT_ADAPTER = "portal.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "portal.accounts.forms.accounts.LoginForm",
    "signup": "portal.accounts.forms.accounts.SignupForm",
    "add_email": "portal.accounts.forms.accounts.AddEmailForm",
    "reset_password": "portal.accounts.forms.accounts.ResetPasswordForm",
    "reset_password_from_key": "portal.accounts.forms.accounts.ResetPasswordKeyForm",
    "set_password": "portal.accounts.forms.accounts.SetPasswordForm",
    "change_password": "portal.accounts.forms.accounts.ChangePasswordForm",
    "reauthenticate": "portal.accounts.forms.accounts.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False  # mail scanners follow links; a person presses the button
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 3
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
# The number of proxies in front; None if it is not set (portal/worker/proxies.py).
GIVEN_PROXIES = (
    env.integer("TRUSTED_PROXIES", default=0, least=0) if env.text("TRUSTED_PROXIES") else None
)
TRUSTED_PROXIES = ALLAUTH_TRUSTED_PROXY_COUNT = GIVEN_PROXIES or 0
# We count these ourselves (portal/accounts/services/attempts.py); allauth counts all others.
ACCOUNT_RATE_LIMITS = dict.fromkeys(
    (
        "change_password",
        "confirm_email",
        "login",
        "login_failed",
        "manage_email",
        "reauthenticate",
        "reset_password",
        "reset_password_from_key",
        "signup",
    )
)
USERSESSIONS_TRACK_ACTIVITY = False  # portal/accounts/session_limits.py does, once a minute
PASSWORD_RESET_TIMEOUT = 60 * 60
# How long the link of an invitation of staff works.
INVITATION_DAYS = env.integer("INVITATION_DAYS", default=7, least=1)

# --- Second factor ----------------------------------------------------------------------------

# Whether doctors, assistants and admins must have one; everybody may.
SECOND_FACTOR_REQUIRED = env.boolean("SECOND_FACTOR_REQUIRED", default=not DEBUG)
# The first one encrypts secrets, all of them decrypt: portal/accounts/services/factor_secrets.py.
FACTOR_KEYS = env.parsed("MFA_KEYS", mfa_keys.keys)
if not FACTOR_KEYS:
    if HTTPS and not DEBUG:
        raise ImproperlyConfigured("MFA_KEYS is not set; docs/operations.md says how to make one.")
    FACTOR_KEYS = [mfa_keys.derived(SECRET_KEY)]
MFA_ADAPTER = "portal.accounts.factor_adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "portal.accounts.forms.factors.AuthenticateForm",
    "reauthenticate": "portal.accounts.forms.factors.CodeAgainForm",
    "activate_totp": "portal.accounts.forms.factors.ActivateForm",
    "add_webauthn": "portal.accounts.forms.factors.AddPasskeyForm",
    "edit_webauthn": "portal.accounts.forms.factors.RenamePasskeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # clocks of phones; a code counts once all the same (factor_codes.py)
MFA_RATE_LIMITS = {"webauthn_login": None}  # portal/accounts/page_limits.py
# An address is confirmed before the first sign-in, and a new one replaces it once it is confirmed.
MFA_ALLOW_UNVERIFIED_EMAIL = True

# --- Browser security -------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    # Browsers take these from this very host alone: no other below the same domain can set them.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
MESSAGE_STORAGE = "portal.web.message_cookie.Storage"
SESSION_ENGINE = "portal.accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 12  # from signing in, however much it is used
SECURE_SSL_REDIRECT = HTTPS and env.boolean("SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
# Both speak for every name below the portal's, which only its owner knows to be ready for it.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.boolean("HSTS_INCLUDE_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = env.boolean("HSTS_PRELOAD", default=False)
if SECURE_HSTS_INCLUDE_SUBDOMAINS and not HTTPS:
    raise ImproperlyConfigured("HSTS_INCLUDE_SUBDOMAINS needs an ORIGIN with https://.")
if SECURE_HSTS_PRELOAD and not SECURE_HSTS_INCLUDE_SUBDOMAINS:
    raise ImproperlyConfigured("HSTS_PRELOAD needs HSTS_INCLUDE_SUBDOMAINS: browsers demand it.")
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # that the two are off
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.boolean("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_FAILURE_VIEW = "portal.web.refusals.csrf_failure"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- Language and time ------------------------------------------------------------------------

# Not "en-gb": every look-up of a text would go through five catalogues that do not have it.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
FORMAT_MODULE_PATH = ["portal.formats"]
# With one language there is nothing to look up, which a page would do fifty times.
USE_I18N = len(LANGUAGES) > 1
USE_TZ = True
TIME_ZONE = "UTC"  # people read times in the zone of the office, which pages convert to
PHONENUMBER_DEFAULT_REGION = env.choice("PHONE_REGION", SUPPORTED_REGIONS, default="ES")
PHONENUMBER_DB_FORMAT = "E164"
PHONENUMBER_DEFAULT_FORMAT = "INTERNATIONAL"

# --- Logs -------------------------------------------------------------------------------------

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "clinic.logs.RequestLines"}},
    "formatters": {
        "line": {
            "class": "clinic.logs.Formatter",
            "format": "{asctime} {levelname} {name} {request_id} {message}",
            "style": "{",
        }
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["request"],
        }
    },
    "root": {"handlers": ["stderr"], "level": env.choice("LOG_LEVEL", LEVELS, default="WARNING")},
    "loggers": {
        "portal": {"level": env.choice("LOG_LEVEL", LEVELS, default="INFO")},
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True, "level": "INFO"},
        "django_tasks": {"level": "INFO"},
    },
}
