"""Django's settings, from the environment.

``JIANHENG_HOME``   where data lives (default ``var`` in the working directory)
``JIANHENG_DSN``    libpq address of the database for the application's role; default: the private server below
                    ``JIANHENG_HOME``. Migrations are made as its owner, see :mod:`jianheng.config.roles`
``JIANHENG_SECRET`` secret key; default: the file ``JIANHENG_HOME/secret`` made by the launcher, mode 0600
``JIANHENG_HOSTS``  comma-separated host names served (default: this machine only)
``JIANHENG_S3_…``   a bucket for files, see :func:`_file_storage`
``JIANHENG_WITNESS_POLICY`` file saying which bodies cosign the log (C2SP tlog-policy); none: nobody does
``JIANHENG_DEMO``   "1" for demonstration data, said on every page; refuses any non-loopback address
"""

from __future__ import annotations

import os
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import structlog
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

from jianheng.config.postgres import Server
from jianheng.services.jobs.watching import watched

HOME = Path(os.environ.get("JIANHENG_HOME", "var")).resolve()
DEMO = os.environ.get("JIANHENG_DEMO") == "1"
DEBUG = False


def _secret() -> str:
    if given := os.environ.get("JIANHENG_SECRET"):
        return given
    path = HOME / "secret"
    if not path.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(os.urandom(48).hex())
    return path.read_text().strip()


def _file_storage() -> dict[str, object]:
    """A bucket where one is named, for several machines; else a directory of this machine."""
    bucket = os.environ.get("JIANHENG_S3_BUCKET")
    if not bucket:
        return {
            "BACKEND": "jianheng.services.files.storage.WholeFileStorage",
            "OPTIONS": {"location": str(HOME / "files")},
        }
    if find_spec("storages") is None or find_spec("boto3") is None:
        raise ImproperlyConfigured("JIANHENG_S3_BUCKET needs the extra 's3': pip install 'jianheng[s3]'")
    options = {
        "bucket_name": bucket,
        "endpoint_url": os.environ.get("JIANHENG_S3_ENDPOINT"),
        "region_name": os.environ.get("JIANHENG_S3_REGION"),
        "access_key": os.environ.get("JIANHENG_S3_ACCESS_KEY"),
        "secret_key": os.environ.get("JIANHENG_S3_SECRET_KEY"),
        "addressing": os.environ.get("JIANHENG_S3_ADDRESSING", "path"),
    }
    given = {name: value for name, value in options.items() if value}
    return {"BACKEND": "jianheng.services.files.objects.ObjectStorage", "OPTIONS": given}


def _database(dsn: str) -> dict[str, object]:
    given = conninfo_to_dict(dsn)
    named = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{setting: str(given.pop(word, "")) for setting, word in named.items()},
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 3, **given},
    }


SECRET_KEY = _secret()
HOSTS = [host for host in os.environ.get("JIANHENG_HOSTS", "").split(",") if host]
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = HOSTS or LOOPBACK
if DEMO and set(ALLOWED_HOSTS) - set(LOOPBACK):
    raise ImproperlyConfigured("demonstration data has known passwords: it is served on this machine only")
JIANHENG_PROXIES = int(os.environ.get("JIANHENG_PROXIES", "0"))
PUBLIC_URL = os.environ.get("JIANHENG_URL", "http://127.0.0.1:8000").rstrip("/")
_TLS = PUBLIC_URL.startswith("https://")

DATABASES = {"default": _database(os.environ.get("JIANHENG_DSN") or Server(HOME / "postgres").application_dsn)}
CACHES = {  # in the database: a one-time code that was used is used for every process of every machine
    "default": {"BACKEND": "jianheng.services.people.plain_cache.PlainCache", "LOCATION": "django_cache"}
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "jianheng.services.pages",  # first, so that its templates stand in for those of the packages below
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",  # words for times in the packages' own pages
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "procrastinate.contrib.django",
    "jianheng.services.people",
    "jianheng.services.lawbook",
    "jianheng.services.ledger",
    "jianheng.services.events",
    "jianheng.services.jobs",
    "jianheng.services.hosts",
    "jianheng.services.beacon",
    "jianheng.services.files",
    "jianheng.services.personalkeys",
    "jianheng.services.signing",
    "jianheng.services.documents",
    "jianheng.services.notices",
    "jianheng.services.procedures",
    "jianheng.services.statistics",
    "jianheng.modules.institutions",
    "jianheng.modules.entrustment",
    "jianheng.modules.selection",
    "jianheng.modules.casework",
    "jianheng.desks",
    "jianheng.connectors.demonstration",
    "jianheng.connectors.drand",
]

MIDDLEWARE = [
    "jianheng.services.pages.middleware.ProxyMiddleware",
    "jianheng.services.pages.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "jianheng.services.people.sessions.SessionMiddleware",
    "jianheng.services.pages.middleware.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "jianheng.services.people.middleware.ActorMiddleware",
    "jianheng.services.pages.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "jianheng.config.urls"
WSGI_APPLICATION = "jianheng.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "jianheng.services.pages.context.house",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

PROCRASTINATE_WORKER_DEFAULTS = {"worker_middleware": [watched]}

# Who may sign in, and how.
AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "jianheng.services.people.sign_in.ClosedDoorAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody is written to because a stranger typed an address
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login": "600/m/ip",
    "login_failed": False,
}  # waits are kept in the database, by guessing.py
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
MFA_ADAPTER = "jianheng.services.people.factor_secrets.SealedSecretsAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _TLS
ACCOUNT_FORMS = {"login": "jianheng.services.people.guessing.SignInForm"}
MFA_FORMS = {
    "authenticate": "jianheng.services.people.second_factor.SecondFactorForm",
    "reauthenticate": "jianheng.services.people.second_factor.SecondFactorAgainForm",
}
MFA_TOTP_ISSUER = "鉴衡"
USERSESSIONS_TRACK_ACTIVITY = False
SECOND_FACTOR_REQUIRED = os.environ.get("JIANHENG_SECOND_FACTOR", "0" if DEMO else "1") == "1"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/"
AXES_FAILURE_LIMIT = 5  # of codes of the second factor
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCK_OUT_AT_FAILURE = False  # it writes down; who waits is said in guessing.py, so that nobody locks another out
AXES_ENABLE_ADMIN = False
JIANHENG_PASS_CODES_AN_HOUR = int(os.environ.get("JIANHENG_PASS_CODES_AN_HOUR", "5"))
JIANHENG_PASS_FAILURES_A_DAY = int(os.environ.get("JIANHENG_PASS_FAILURES_A_DAY", "10"))

SESSION_ENGINE = "jianheng.services.people.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _TLS
if _TLS:  # a cookie of this very host, which no neighbour below the same domain can plant
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SERVED_OVER_TLS = _TLS
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31_536_000 if _TLS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CSRF_FAILURE_VIEW = "jianheng.services.pages.refusals.forged_form"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).parent.parent / "services" / "pages" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": _file_storage(),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_HANDLERS = [
    "jianheng.services.files.receiving.WithinLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
METRICS_TOKEN = os.environ.get("JIANHENG_METRICS_TOKEN", "")
JIANHENG_UPLOAD_LIMIT_BYTES = int(os.environ.get("JIANHENG_UPLOAD_LIMIT_MB", "100")) * 1024 * 1024

JIANHENG_LEDGER_KEY_FILE = HOME / "keys" / "ledger.pem"
JIANHENG_LEDGER_ORIGIN = os.environ.get("JIANHENG_LEDGER_ORIGIN", "")  # "": as the log calls itself already
JIANHENG_LEDGER_FIRST_ORIGIN = "jianheng.demonstration/log" if DEMO else "jianheng/log"
JIANHENG_WITNESS_POLICY = os.environ.get("JIANHENG_WITNESS_POLICY", "")
# The beacon whose pulse decides a draw: drand's quicknet, unless a file describes another; "" fetches nothing.
JIANHENG_BEACON_CHAIN = os.environ.get(
    "JIANHENG_BEACON_CHAIN", str(HOME / "keys" / "beacon" / "chain.json") if DEMO else ""
)
JIANHENG_BEACON_URL = os.environ.get("JIANHENG_BEACON_URL", "")
# Seconds: from the announcement to the round, the least between its seal and the round, from the round to the result.
JIANHENG_DRAW_LEAD = int(os.environ.get("JIANHENG_DRAW_LEAD", "20" if DEMO else "600"))
JIANHENG_DRAW_MARGIN = int(os.environ.get("JIANHENG_DRAW_MARGIN", "5" if DEMO else "60"))
JIANHENG_DRAW_PATIENCE = int(os.environ.get("JIANHENG_DRAW_PATIENCE", "86400"))
JIANHENG_SIGNING_HOME = HOME / "keys" / "signing"
# Hours: how long a new personal key waits before it signs. The verifier takes no key that waited less than a day.
JIANHENG_SIGNING_KEY_WAIT = timedelta(hours=int(os.environ.get("JIANHENG_SIGNING_KEY_WAIT", "0" if DEMO else "72")))
if not DEMO and timedelta(days=1) > JIANHENG_SIGNING_KEY_WAIT:
    raise ImproperlyConfigured("JIANHENG_SIGNING_KEY_WAIT must be 24 (hours) or more: nobody would see a key in time")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            "foreign_pre_chain": [
                structlog.contextvars.merge_contextvars,  # the request's id
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
            ],
        },
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": os.environ.get("JIANHENG_LOG_FORMAT", "plain")}
    },
    "root": {"handlers": ["console"], "level": os.environ.get("JIANHENG_LOG_LEVEL", "WARNING")},
}
