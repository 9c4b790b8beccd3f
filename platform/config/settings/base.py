"""Settings common to all environments; values of one installation come from environment variables.

DATABASE_URL, REDIS_URL, SECRET_KEY, BASE_DOMAIN, OPERATOR_HOSTS, FILES_DIR, SENTRY_DSN, DATABASE_POOLER,
MAP_TILES_URL, MAP_TILES_CREDIT, PAGES_LOOPBACK, PUNCH_LANE_URL, PUNCH_PROBE_URL, AUDIT_SEAL_KEY_FILE,
AUDIT_SEAL_FORMER_KEYS_FILE, AUDIT_WITNESS_DIR, WATCHING_KEY, RELEASE_MANIFEST_SHA256, FILES_APART_DIR, FILES_HOST,
FILES_ORIGIN, FILES_LINK_KEYS, FILES_BUCKET, FILES_APART_BUCKET, FILES_ENDPOINT, CLAMD. Secrets among them may be handed
over as files: `SECRET_KEY_FILE` and so on (`config.secret_values`).
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url

from config.installed_apps import BOTH, CONTROL, REGION, TABLELESS
from config.secret_values import secret
from kernel.web.csp import policy

BASE_DIR = Path(__file__).resolve().parents[3]

SECRET_KEY = secret("SECRET_KEY")
# Former keys, separated by spaces: what was signed with them still counts until it expires.
SECRET_KEY_FALLBACKS = secret("SECRET_KEY_FALLBACKS").split()
# Of the prints by which two security events are known to be about the same account or password, and of nothing else.
WATCHING_KEY = secret("WATCHING_KEY")
DEBUG = False
BASE_DOMAIN = os.environ.get("BASE_DOMAIN", "localhost")
OPERATOR_HOSTS = frozenset(os.environ.get("OPERATOR_HOSTS", BASE_DOMAIN).split(","))
# RegionMiddleware decides by the registry; a host that is in no registry gets a plain 404 before anything else runs.
ALLOWED_HOSTS = ["*"]

SHARED_APPS = [*TABLELESS, *CONTROL, *BOTH]
TENANT_APPS = [*BOTH, *REGION]
INSTALLED_APPS = [*TABLELESS, *CONTROL, *BOTH, *REGION]
TENANT_MODEL = "regions.Region"
TENANT_DOMAIN_MODEL = "regions.Domain"
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]

MIDDLEWARE = [
    "kernel.web.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "kernel.files.host.FilesHost",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kernel.web.middleware.Compression",
    # Before the region: an address that is none gets the headers too.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "kernel.web.middleware.SecurityHeaders",
    "csp.middleware.CSPMiddleware",
    "kernel.tenancy.middleware.RegionMiddleware",
    "kernel.watching.middleware.Watching",
    "kernel.web.honeypot.Honeypot",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kernel.accounts.middleware.ForeignSessionMiddleware",
    "kernel.web.middleware.Locale",
    "kernel.web.middleware.ReadableAddresses",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "kernel.accounts.throttle.KnownDeviceMiddleware",
    "kernel.guests.middleware.GuestMiddleware",
    "kernel.accounts.middleware.SessionLimitsMiddleware",
    "kernel.accounts.middleware.ForeignObjectMiddleware",
    "kernel.accounts.middleware.MustChangePasswordMiddleware",
    "kernel.accounts.second_factor.SecondFactorMiddleware",
    "kernel.web.fallback.FallbackMode",
    "kernel.texts.middleware.HeldTexts",
    "kernel.web.middleware.RefusalPages",
    "kernel.web.refusals.DomainErrors",
]

# The punch lane is a process of its own (`config.wsgi_lane`, docs/adr/punch-lane.md): no session, no page, few
# addresses, and connections that no report can take. It has these settings, so that the two differ in nothing else.
IS_PUNCH_LANE = os.environ.get("PROCESS", "") == "lane"
LANE_MIDDLEWARE = [
    "kernel.web.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "kernel.tenancy.middleware.RegionMiddleware",
    "kernel.web.refusals.DomainErrors",
]
LANE_URLCONF = "config.urls_lane"
REGION_URLCONF = LANE_URLCONF if IS_PUNCH_LANE else "config.urls_region"
if IS_PUNCH_LANE:
    OPERATOR_HOSTS = frozenset()

# Jobs and commands make addresses without a request, and nearly all of them work in a region.
ROOT_URLCONF = "config.urls_region"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kernel.web.context.page",
            ],
        },
    },
]

_database: dict[str, Any] = dict(dj_database_url.parse(secret("DATABASE_URL", "postgresql://localhost/kinerja")))
DATABASES: dict[str, Any] = {
    "default": {
        **_database,
        "ENGINE": "kernel.tenancy.backend",
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        # A new connection costs four check-ins; short lives keep the relation cache small (tenancy note, D4).
        "OPTIONS": {
            **_database.get("OPTIONS", {}),
            # The lane has one connection for each of its threads, which keeps the few tables of every region at hand:
            # a new one would have to meet all regions again, at worst at 07.25 (docs/adr/punch-lane.md).
            "pool": {"min_size": 4, "max_size": 4, "timeout": 2, "max_lifetime": 12 * 3600}
            if IS_PUNCH_LANE
            else {"min_size": 1, "max_size": 8, "timeout": 5, "max_lifetime": 600, "max_idle": 120},
        },
    }
}
DATABASE_POOLER_IS_SESSION_MODE = os.environ.get("DATABASE_POOLER", "") == "session"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = secret("REDIS_URL", "redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "kernel.tenancy.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "kernel.tenancy.cachekeys.region_key",
        "KEY_PREFIX": "kd",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["kernel.accounts.hashers.TunedArgon2Hasher"]
# In one process; with one process for each core that is a hash and the next one waiting for each.
PASSWORD_HASHES_AT_ONCE = 2
PASSWORD_HASH_WAIT_SECONDS = 2.0
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "kernel.accounts.passwords.SurroundingsValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("login", "display_name", "email")},
    },
]
LOGIN_URL = "/masuk/"
# Where the pages of a region in the fallback mode lead (`kernel.web.fallback`).
FALLBACK_PATH = "/darurat/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "kernel.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "kernel.accounts.forms.LoginForm",
    "reauthenticate": "kernel.accounts.forms.ReauthenticateForm",
}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/masuk/"
# A government's people share few addresses, so nothing is limited by address alone. Passwords have a throttle of their
# own (kernel.accounts.throttle); what is left here bounds the codes of a second factor by account.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "5/5m/key"}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
# Who sees every region, manages a region's accounts, moves its money or examines it must have a second factor, so many
# days after the role was given. The seed of new roles; what counts afterwards is the row of the role.
SECOND_FACTOR_DAYS = {
    "operator": 0,
    "billing": 0,
    "bkpsdm": 7,
    "diskominfo": 7,
    "bpkad": 7,
    "bendahara": 7,
    "inspektorat": 7,
}
MFA_ADAPTER = "kernel.accounts.factor_adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# One step of 30 seconds to either side, for clocks that are off.
MFA_TOTP_TOLERANCE = 1
# A passkey is not guessed, so nobody is kept from using one.
MFA_RATE_LIMITS = {"webauthn_login": None}
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "authenticate": "kernel.accounts.factor_forms.AuthenticateForm",
    "reauthenticate": "kernel.accounts.factor_forms.ReauthenticateForm",
    "activate_totp": "kernel.accounts.factor_forms.ActivateAppForm",
    "add_webauthn": "kernel.accounts.factor_forms.AddPasskeyForm",
    "authenticate_webauthn": "kernel.accounts.factor_forms.AuthenticatePasskeyForm",
    "reauthenticate_webauthn": "kernel.accounts.factor_forms.ReauthenticatePasskeyForm",
    "login_webauthn": "kernel.accounts.factor_forms.LoginPasskeyForm",
}

# Host-only: never set a cookie on the parent domain. The __Host- names are set where TLS is (production).
SESSION_ENGINE = "kernel.accounts.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
# How long a session lives unused, and in all. A region's people punch from their own phones twice a day: long, so that
# the morning does not become a wave of hashes (performance note, 4). Operators see every region: short.
SESSION_LIMITS = {
    "region": (timedelta(days=4), timedelta(days=14)),
    # Roles that must have a second factor reach beyond one's own data.
    "wide": (timedelta(hours=8), timedelta(hours=12)),
    "control": (timedelta(minutes=30), timedelta(hours=12)),
}
# The device on which somebody has signed in is not slowed down by strangers (kernel.accounts.throttle).
KNOWN_DEVICE_COOKIE_NAME = "kd-device"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "kernel.web.errors.csrf_failure"
FORM_RENDERER = "kernel.web.forms.Renderer"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "platform" / "config" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# How many sites the page scanner looks at at a time: each takes a worker process for about a minute.
PAGES_AT_ONCE = int(os.environ.get("PAGES_AT_ONCE", "1"))
# The one server on this machine that the page scanner may ask, as `127.0.0.1:8099`: for an examination alone.
PAGES_LOOPBACK = os.environ.get("PAGES_LOOPBACK", "")

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static-built"
# Nobody else's page has to read ours, and each header is sent with each of the files of a phone's first visit.
WHITENOISE_ALLOW_ALL_ORIGINS = False
# Files lie in folders, or in two buckets of an S3-compatible server; its keys come from the environment or the machine
# (AWS_ACCESS_KEY_ID and the like, read by the library).
FILES_BUCKET = os.environ.get("FILES_BUCKET", "")
FILES_APART_BUCKET = os.environ.get("FILES_APART_BUCKET", f"{FILES_BUCKET}-apart")
FILES_ENDPOINT = os.environ.get("FILES_ENDPOINT") or None


def _files_in(bucket: str, folder: str) -> dict[str, Any]:
    if not FILES_BUCKET:
        return {"BACKEND": f"kernel.files.storage.{folder}"}
    options = {"bucket_name": bucket, "endpoint_url": FILES_ENDPOINT}
    return {"BACKEND": "kernel.files.storage.RegionObjects", "OPTIONS": options}


STORAGES = {
    "default": _files_in(FILES_BUCKET, "RegionStorage"),
    "apart": _files_in(FILES_APART_BUCKET, "ApartStorage"),
    "staticfiles": {"BACKEND": "kernel.web.static_files.StaticFiles"},
}
# Maps show a grid with coordinates; an installation that has a tile server of its own names it here, as
# https://peta.example/{z}/{x}/{y}.png, with whom to credit. Whoever serves the tiles learns which areas are looked at.
MAP_TILES_URL = os.environ.get("MAP_TILES_URL", "")
MAP_TILES_CREDIT = os.environ.get("MAP_TILES_CREDIT", "")
FILES_DIR = Path(os.environ.get("FILES_DIR", BASE_DIR / ".local" / "files"))
# Where files lie that are not handed out; beside FILES_DIR when not named.
FILES_APART_DIR = os.environ.get("FILES_APART_DIR", "")
# Files are handed out on a host of their own, which has no cookies and no pages: better a domain of its own than a
# name under ours. FILES_ORIGIN is its whole address where it differs from scheme and port of the page.
FILES_HOST = os.environ.get("FILES_HOST", f"berkas.{BASE_DOMAIN}")
FILES_ORIGIN = os.environ.get("FILES_ORIGIN", "").rstrip("/")
CONTENT_SECURITY_POLICY = policy(pictures=FILES_ORIGIN or f"{FILES_HOST}:*")
# `version:key`, the newest first, older ones for the links of the last minute. Empty: derived from SECRET_KEY.
FILES_LINK_KEYS = [part.partition(":")[::2] for part in secret("FILES_LINK_KEYS").split()]
# Address of a clamd (`/run/clamav/clamd.ctl` or `host:port`); empty: none is installed, and pages say so.
CLAMD = os.environ.get("CLAMD", "")
# The key that signs the seals of the audit log, in a file outside of the database (docs/security/audit-seals.md), the
# public halves of former keys, and where each seal is told besides ("" for the log alone).
AUDIT_SEAL_KEY_FILE = os.environ.get("AUDIT_SEAL_KEY_FILE", "")
AUDIT_SEAL_KEY_IS_MADE = False
AUDIT_SEAL_FORMER_KEYS_FILE = os.environ.get("AUDIT_SEAL_FORMER_KEYS_FILE", "")
AUDIT_WITNESS_DIR = os.environ.get("AUDIT_WITNESS_DIR", "")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
# A table of amounts by kelas and category is one form: seventeen rows for each of some dozens of categories.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4_000

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "api.paging.CursorPages",
    "EXCEPTION_HANDLER": "api.problems.handle",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Kinerja Daerah",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_URLCONF": "config.urls_region",
}

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    # A task that lost its worker comes back after this; longer than the longest single step.
    "visibility_timeout": 900,
    # A Redis that does not answer must not hold a request that has done its work.
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
}
# Where phones send punches when the lane has an address of its own; `{scheme}` and `{host}` stand for the page's.
PUNCH_LANE_URL = os.environ.get("PUNCH_LANE_URL", "")
# Where the synthetic punch is sent, when not to the address that phones use.
PUNCH_PROBE_URL = os.environ.get("PUNCH_PROBE_URL", "")
SENTRY_DSN = secret("SENTRY_DSN")
RELEASE = os.environ.get("RELEASE", "")
# Each process tells the watch that it begins and that it ends.
PROCESSES_ARE_TOLD = True
# Of the release manifest (`manage.py make_release_manifest`), pinned from outside of the files that it lists.
RELEASE_MANIFEST_SHA256 = os.environ.get("RELEASE_MANIFEST_SHA256", "")
