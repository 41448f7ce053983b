"""Settings of the clinic portal. What differs between machines comes from the environment.

`VAR_DIR/env` may hold the same variables as a file; real environment variables win over it.
"""

from importlib.util import find_spec
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from portal.gateways import sms_url

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))
env.read_env(VAR_DIR / "env")

# --- What kind of start is this ---------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY")
ORIGIN = env("ORIGIN", default="http://localhost:8000").rstrip("/")
HTTPS = ORIGIN.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])
CSRF_TRUSTED_ORIGINS = [ORIGIN]
NODES = env.int("NODES", default=1)  # how many machines run this portal
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
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.web.middleware.portal_errors",
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

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")}
SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if SQLITE and NODES > 1:
    raise ImproperlyConfigured("SQLite cannot be shared by several machines; set DATABASE_URL.")
if SQLITE:
    # IMMEDIATE makes writing transactions queue up instead of failing half-way with "locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
            "PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=134217728;"
        ),
    }
else:
    DATABASES["default"].update(ENGINE="clinic.postgresql", CONN_HEALTH_CHECKS=True)
    if not env.bool("DATABASE_POOLER", default=False):
        # What a page asks is planned once a connection, and for data in memory or on an SSD:
        # docs/decisions/prepared-statements.md. What the URL says comes later and so holds.
        given = DATABASES["default"].get("OPTIONS", {})
        DATABASES["default"]["OPTIONS"] = {
            "server_side_binding": True,
            "prepare_threshold": 5,
            **given,
            "options": f"-c random_page_cost=1.1 {given.get('options', '')}".rstrip(),
        }
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)

# Shared by all processes, because sign-in limits are counted in it.
CACHES = {"default": env.cache("CACHE_URL", default="dbcache://cache")}
# Parts of templates that are the same for everybody of a role; each process keeps its own.
CACHES["templates"] = {
    "BACKEND": "django.core.cache.backends."
    + ("dummy.DummyCache" if DEBUG else "locmem.LocMemCache"),
    "LOCATION": "templates",
    "OPTIONS": {"MAX_ENTRIES": 2000},
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
# Seconds without a sign of life after which a worker's tasks are taken over by others.
WORKER_SILENT_AFTER = env.float("WORKER_SILENT_AFTER", default=30)

# --- Files and mail ---------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
MANIFEST_STATIC = env.bool("MANIFEST_STATIC", default=not DEBUG)
MEDIA_ROOT = VAR_DIR / "files"

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if MANIFEST_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
if env("S3_BUCKET", default=""):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env("S3_BUCKET"),
            "endpoint_url": env("S3_ENDPOINT", default=None),
            "access_key": env("S3_ACCESS_KEY", default=None),
            "secret_key": env("S3_SECRET_KEY", default=None),
            "region_name": env("S3_REGION", default=None),
            "addressing_style": "path",
            "signature_version": "s3v4",
            "default_acl": None,
            "querystring_expire": 60,
            "file_overwrite": False,
        },
    }

MAIL_DIR = VAR_DIR / "mail"
EMAIL_BACKEND = "portal.gateways.mail_folder.EmailBackend"
MAIL_PROVIDER = env("MAIL_PROVIDER", default="")  # one whose interface anymail speaks
if env("EMAIL_URL", default=""):
    vars().update(env.email("EMAIL_URL"))
DEFAULT_FROM_EMAIL = env("MAIL_FROM", default="clinic@localhost")
EMAIL_TIMEOUT = 10
if MAIL_PROVIDER:
    if env("EMAIL_URL", default=""):
        raise ImproperlyConfigured("Mail leaves in one way: set EMAIL_URL or MAIL_PROVIDER.")
    if not (MAIL_PROVIDER.isidentifier() and find_spec(f"anymail.backends.{MAIL_PROVIDER}")):
        raise ImproperlyConfigured("MAIL_PROVIDER is none that anymail knows; try sendgrid.")
    ANYMAIL = {
        "REQUESTS_TIMEOUT": EMAIL_TIMEOUT,
        # Links are secret and what a patient opens is nobody's business.
        "SEND_DEFAULTS": {"track_clicks": False, "track_opens": False},
        "IGNORE_UNSUPPORTED_FEATURES": True,  # where tracking cannot even be switched off
    }
    given = [name for name in env.ENVIRON if name.startswith("ANYMAIL_")]
    ANYMAIL |= {name.removeprefix("ANYMAIL_"): env.ENVIRON[name] for name in given}
    key = f"ANYMAIL_{MAIL_PROVIDER.upper()}_"
    if MAIL_PROVIDER != "amazon_ses" and not any(name.startswith(key) for name in given):
        raise ImproperlyConfigured(f"MAIL_PROVIDER={MAIL_PROVIDER} needs its key: {key}API_KEY.")
    INSTALLED_APPS.append("anymail")
    backends = "portal.gateways" if MAIL_PROVIDER == "sendgrid" else "anymail.backends"
    EMAIL_BACKEND = f"{backends}.{MAIL_PROVIDER}.EmailBackend"
# "folder" for a demo, an address of Twilio, or empty for none at all.
SMS_URL = env("SMS_URL", default="folder" if DEBUG else "")
try:
    sms_url.twilio(SMS_URL)
except ValueError as error:
    raise ImproperlyConfigured(str(error)) from None
SMS_DIR = VAR_DIR / "sms"
# Seconds to wait before each further attempt at a message that was not taken.
DELIVERY_PAUSES = env.list("DELIVERY_PAUSES", cast=float, default=[60, 300, 900, 3600, 14400])

# --- Signing in -------------------------------------------------------------------------------

AUTH_USER_MODEL = "portal.User"
AUTHENTICATION_BACKENDS = ["portal.accounts.sign_in.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboard"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
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
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
USERSESSIONS_TRACK_ACTIVITY = False
PASSWORD_RESET_TIMEOUT = 60 * 60

# --- Browser security -------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_ENGINE = "portal.accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 7
SECURE_SSL_REDIRECT = HTTPS and env.bool("SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.bool("BEHIND_TLS_PROXY", default=False):
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
PHONENUMBER_DEFAULT_REGION = env("PHONE_REGION", default="ES")
PHONENUMBER_DB_FORMAT = "E164"
PHONENUMBER_DEFAULT_FORMAT = "INTERNATIONAL"

# --- Logs -------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"secrets": {"()": "clinic.logs.WithoutSecrets"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["secrets"],
        }
    },
    "root": {"handlers": ["stderr"], "level": env("LOG_LEVEL", default="WARNING")},
    "loggers": {
        "portal": {"level": env("LOG_LEVEL", default="INFO")},
        "django": {"handlers": [], "propagate": True},
        "django_tasks": {"level": "INFO"},
    },
}
