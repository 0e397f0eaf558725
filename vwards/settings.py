"""All settings, read from the environment; docs/operations.md lists the variables."""

from datetime import timedelta
from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF

from vwards import environment as env
from vwards.logs import configure_structlog, logging_config
from vwards.schedule import BEAT_SCHEDULE

# ModelForm[Patient], ModelAdmin[Patient]: types for mypy that Django itself would not subscript.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

# What this installation is
DEBUG = env.flag("DEBUG", default=False)
DEMO = env.flag("DEMO", default=False)
ONLY_ON_THIS_MACHINE = DEBUG or DEMO
RELEASE = env.text("RELEASE", "unreleased")
SERVICE_NAME = env.text("SERVICE_NAME", "Virtual wards")
# The NHS logo is a trade mark: shown only where the organisation may use it.
NHS_SERVICE = env.flag("NHS_SERVICE", default=False)

# Where an address is shown on a map, "{address}" in its place: one that the organisation has agreed
# with. Without it no address of a patient ever leaves this service.
MAP_SERVICE = env.text("MAP_SERVICE", "")

# Who answers for it: without all three, only 999 numbers are stored and every page says
# "demonstration" (docs/safety).
CLINICAL_SAFETY_OFFICER = env.text("CLINICAL_SAFETY_OFFICER", "")
SAFETY_CASE_VERSION = env.text("SAFETY_CASE_VERSION", "")
REGULATORY_STATUS = env.text("REGULATORY_STATUS", "")
REAL_PATIENTS_ALLOWED = bool(CLINICAL_SAFETY_OFFICER and SAFETY_CASE_VERSION and REGULATORY_STATUS)

# Secrets: a default only where nothing but this machine can reach us
_KNOWN_SECRET = "known-to-everybody-so-never-outside-this-machine" if ONLY_ON_THIS_MACHINE else None
SECRET_KEY = env.text("SECRET_KEY", _KNOWN_SECRET)
# After a change of SECRET_KEY: sessions and second factors of the old one still hold.
SECRET_KEY_FALLBACKS = env.listed("SECRET_KEY_FALLBACKS")
# Keys the hash that stands for a person in capacity's tables; the BI role never sees it.
PSEUDONYM_SECRET = env.text("PSEUDONYM_SECRET", _KNOWN_SECRET)
METRICS_TOKEN = env.text("METRICS_TOKEN", "")

# Where it listens
ALLOWED_HOSTS = env.listed("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.listed("CSRF_TRUSTED_ORIGINS")
# FHIR hangs its addresses below a base that ends without a slash.
SILENCED_SYSTEM_CHECKS = ["urls.W002"]
ROOT_URLCONF = "vwards.urls"

# PostgreSQL and Redis
_LOCAL_DATABASE = "postgresql:///virtual_wards" if ONLY_ON_THIS_MACHINE else None
_LOCAL_REDIS = "redis://127.0.0.1:6379/0" if ONLY_ON_THIS_MACHINE else None
DATABASES = {
    "default": {
        **env.database("DATABASE_URL", _LOCAL_DATABASE),
        "CONN_MAX_AGE": env.whole("CONN_MAX_AGE", default=600),
        "CONN_HEALTH_CHECKS": True,
        # Behind PgBouncer in transaction mode a server-side cursor outlives its connection.
        "DISABLE_SERVER_SIDE_CURSORS": env.flag("PGBOUNCER", default=False),
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.redis_url("REDIS_URL", _LOCAL_REDIS)
REDIS_KEY_PREFIX = env.text("REDIS_KEY_PREFIX", "vwards")
# A dead or hung Redis may cost a request this much and no more.
REDIS_TIMEOUT_SECONDS = 0.2
CACHES = {
    "default": {
        "BACKEND": "lib.caches.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": REDIS_KEY_PREFIX,
        "OPTIONS": {
            "socket_timeout": REDIS_TIMEOUT_SECONDS,
            "socket_connect_timeout": REDIS_TIMEOUT_SECONDS,
        },
    }
}

INSTALLED_APPS = [
    "lib",
    "accounts",
    "capacity",
    "patients",
    "observations",
    "rounds",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "django_structlog",
    "drf_spectacular",
    "pghistory",
    "pgtrigger",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.PrivatePagesMiddleware",
    "accounts.middleware.IdleSessionMiddleware",
    "accounts.middleware.RequestContextMiddleware",
    "accounts.middleware.SignInRequiredMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "accounts.middleware.CurrentWardMiddleware",
]

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
                "vwards.context.service",
                "accounts.context.navigation",
            ],
        },
    }
]

# Each box of a form without a template of its own
FORM_RENDERER = "lib.boxes.Renderer"

# Language and time: UTC inside, London at the edges
LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/London"

# Static files: built by `make assets` into static/build
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Hashed names where a release serves them; plain ones where a checkout does, so that neither
# the tests nor the demo need collectstatic.
WHITENOISE_USE_FINDERS = ONLY_ON_THIS_MACHINE
WHITENOISE_AUTOREFRESH = DEBUG
_STATIC_STORAGE = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if ONLY_ON_THIS_MACHINE
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _STATIC_STORAGE},
}

# ---- Accounts and signing in -------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.StaffBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # administrators vouch for addresses
ACCOUNT_UNIQUE_EMAIL = True
# Asking for a new password answers the same whether or not the address is known.
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False  # ward machines are shared
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
# A hospital shares one address, and at 07:30 a whole shift signs in from it.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "60/m/ip,5/5m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = env.whole(
    "TRUSTED_PROXY_COUNT", default=0 if ONLY_ON_THIS_MACHINE else 1
)
MFA_REQUIRED = env.flag("MFA_REQUIRED", default=not ONLY_ON_THIS_MACHINE)
MFA_ADAPTER = "accounts.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SERVICE_NAME
# A screen left alone signs itself out; the polls of a live page do not count as use.
SESSION_IDLE_SECONDS = 60 * env.whole("SESSION_IDLE_MINUTES", default=30)
# ---- end of accounts ---------------------------------------------------------------------

# Sessions and headers
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
CSRF_COOKIE_HTTPONLY = False  # htmx reads it
CSRF_COOKIE_SAMESITE = "Lax"
BEHIND_TLS = env.flag("BEHIND_TLS", default=not ONLY_ON_THIS_MACHINE)
SESSION_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_SECURE = BEHIND_TLS
SECURE_SSL_REDIRECT = BEHIND_TLS
# The proxy's health checks and Prometheus come over plain HTTP from inside.
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_TLS
SECURE_HSTS_PRELOAD = BEHIND_TLS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
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
# One upload of readings is at most 1 MiB; a form is smaller.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# What cannot be kept is refused (503): uploads that may wait to be stored.
INBOX_LIMIT = env.whole("INBOX_LIMIT", default=200_000)
# Beyond this a key is told to slow down (429); a whole country's devices send 120,000 a minute.
KEY_READINGS_A_MINUTE = env.whole("KEY_READINGS_A_MINUTE", default=5_000_000)

# One Friday on which the Virtual Ward SitRep was due; the others are every second one from it.
SITREP_FRIDAY = env.friday("SITREP_FRIDAY", default="2023-12-29")

# Mail
EMAIL_BACKEND = (
    "django.core.mail.backends.console.EmailBackend"
    if ONLY_ON_THIS_MACHINE
    else "django.core.mail.backends.smtp.EmailBackend"
)
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.whole("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "virtual-wards@localhost")

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["vwards.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "lib.problems.handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Virtual wards",
    "DESCRIPTION": "Readings in; ward boards, vitals and occupancy out.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
}

# Celery: PostgreSQL holds the truth, so a lost message costs a sweep and nothing else
CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = env.text("CELERY_QUEUE", "vwards")
# Under load there is always something to drain, and a wake-up for it: sweeps, ladders and bells
# must not stand behind those in the queue until they expire. 0, the default, is taken first.
CELERY_TASK_ROUTES = {"observations.tasks.drain_inbox": {"priority": 9}}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": f"{REDIS_KEY_PREFIX}:",
    "visibility_timeout": 600,
    "socket_connect_timeout": 2,
    # A broker that hangs is left and connected to again.
    "socket_timeout": 10,
    "socket_keepalive": True,
    "health_check_interval": 10,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # for ever: the worker waits for the broker
CELERY_BROKER_POOL_LIMIT = 10
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SOFT_TIME_LIMIT = 120
CELERY_TASK_TIME_LIMIT = 150
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE
# Beat sleeps at most this long, so that a one-second task keeps its second.
CELERY_BEAT_MAX_LOOP_INTERVAL = 1

# The middleware that knows whom to believe about an address names it, and it alone.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
# Logs: events as JSON lines in production, as text on a developer's machine
LOG_LEVEL = env.text("LOG_LEVEL", "INFO").upper()
LOGGING = logging_config(level=LOG_LEVEL, as_json=not ONLY_ON_THIS_MACHINE)
configure_structlog()
