"""Every setting of the site. What differs between machines is read from the environment.

Closed by default: without variables this is production, and refuses to start
until it is told its secret and its address.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from superfast import env
from superfast.common.reporting import report_errors

BASE_DIR = Path(__file__).resolve().parent.parent

try:
    DEBUG = env.read_bool("DEBUG", default=False)
    SECRET_KEY = env.read_secret("SECRET_KEY")
    SITE_URL = env.read_site_url("SITE_URL")
    if DEBUG and not env.is_loopback(urlsplit(SITE_URL).hostname or ""):
        raise ValueError(f"DEBUG is for this machine alone, not for {SITE_URL}.")
    SUBSCRIBE_URL = env.read_url("SUBSCRIBE_URL", default="")
    WEBSUB_HUB_URL = env.read_url("WEBSUB_HUB_URL", default="")
    EXTRA_HOSTS = env.read_hosts("ALLOWED_HOSTS")
    DATA_DIR = Path(env.read_text("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
    DATABASE = env.read_database("DATABASE_URL", f"sqlite:///{DATA_DIR / 'db.sqlite3'}")
    CACHE_URL = env.read_cache("CACHE_URL")
    PGOPTIONS = env.read_text("PGOPTIONS", default="")
    SQLITE_LOCK_SECONDS = env.read_count("SQLITE_LOCK_SECONDS", default=20)
    MACHINES = env.read_count("MACHINES", default=1)
    if MACHINES > 1 and "sqlite" in DATABASE["ENGINE"]:
        raise ValueError(
            "SQLite is for one machine: with more MACHINES, DATABASE_URL must name PostgreSQL."
        )
    if MACHINES > 1 and not CACHE_URL.startswith("redis"):
        raise ValueError(
            "Limits are counted together: with more MACHINES, CACHE_URL must name a Redis."
        )
    PROXY_COUNT = env.read_count("PROXY_COUNT")
    MAIL = env.read_mail("EMAIL_URL")
    MAIL_FROM = env.read_text("EMAIL_FROM", default="")
    BACKUP_RECIPIENT = env.read_text("BACKUP_RECIPIENT", default="")
    REQUIRE_SECOND_FACTOR = env.read_bool("REQUIRE_SECOND_FACTOR", default=False)
    PAGE_CACHE_BYTES = env.read_count("PAGE_CACHE_BYTES", default=64 * 1024 * 1024)
    HSTS_PRELOAD = env.read_bool("HSTS_PRELOAD", default=False)
    SLOW_QUERY_MS = env.read_count("SLOW_QUERY_MS", default=0)
    LOG_FORMAT = env.read_choice("LOG_FORMAT", ("line", "json"), default="line")
    METRICS_DIR = env.read_text("PROMETHEUS_MULTIPROC_DIR", default="")
    SENTRY_DSN = env.read_text("SENTRY_DSN", default="")
    KEEP_FOR_OFFLINE = env.read_bool("KEEP_FOR_OFFLINE", default=True)
    FETCH_PAGES = env.read_bool("FETCH_PAGES", default=True)
    ENDING_FILE = env.read_text("ENDING_FILE", default="")
    PROXY_SENDS_FILES = env.read_bool("PROXY_SENDS_FILES", default=False)
    TASKS_INLINE = env.read_bool("TASKS_INLINE", default=False)
    TASK_WORKERS = env.read_count("TASK_WORKERS", default=2)
    TASK_LEASE_SECONDS = env.read_count("TASK_LEASE_SECONDS", default=60)
except ValueError as error:
    raise ImproperlyConfigured(str(error)) from error

SITE_NAME = "Superfast AI"
_site = urlsplit(SITE_URL)
IS_HTTPS = _site.scheme == "https"

# Applications ---------------------------------------------------------------

INSTALLED_APPS = [
    "superfast.accounts.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django.contrib.sitemaps",
    "django_q",
    "markdownx",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "superfast.common",
    "superfast.accounts.apps.AccountsConfig",
    "superfast.search",
    "superfast.pagecache",
    "superfast.redirects",
    "papers",
    "quiz",
    "issues",
    "superfast.pages",
    "superfast.demo",
    "superfast.portability",
    "superfast.backup",
]

MIDDLEWARE = [
    *(["superfast.common.metrics.measured"] if METRICS_DIR else []),
    "superfast.common.tracing.traced",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "superfast.common.middleware.headers",
    "superfast.common.middleware.clean_request",
    "superfast.redirects.middleware.redirects",
    "superfast.common.middleware.short_way",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "superfast.urls"
WSGI_APPLICATION = "superfast.wsgi.application"

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
                "superfast.common.context.site",
            ],
        },
    },
]

# Widgets take their templates from the project's folder too.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Database -------------------------------------------------------------------

if "sqlite" in DATABASE["ENGINE"]:
    # IMMEDIATE takes the write lock when a transaction begins. With SQLite's own
    # default two writers that both began by reading answer "database is locked".
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": SQLITE_LOCK_SECONDS,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASE["OPTIONS"] = {
        # How often a statement must come before its plan is kept: superfast.common.statements.
        "prepare_threshold": 5,
        # A page reads a few rows of many, from disks without moving parts: by indexes, and
        # in less time than further processes take to start. `?options=` of the address wins,
        # and PGOPTIONS stands beside it: the driver takes that only where nothing is said.
        "options": "-c random_page_cost=1.1 -c max_parallel_workers_per_gather=0 "
        + PGOPTIONS,
        **DATABASE.get("OPTIONS", {}),
    }
DATABASES = {"default": DATABASE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Accounts -------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"
SESSION_ENGINE = "superfast.accounts.sessions"
OTP_TOTP_ISSUER = SITE_NAME
PASSWORD_RESET_TIMEOUT = 60 * 60

# Mail -----------------------------------------------------------------------

# For links to a new password; without it nobody is offered one.
SENDS_MAIL = bool(MAIL)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if MAIL else 'dummy'}.EmailBackend"
EMAIL_HOST = MAIL.get("host", "")
EMAIL_PORT = MAIL.get("port", 0)
EMAIL_HOST_USER = MAIL.get("user", "")
EMAIL_HOST_PASSWORD = MAIL.get("password", "")
EMAIL_USE_TLS = MAIL.get("starttls", False)
EMAIL_USE_SSL = MAIL.get("tls", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM

# Language and time ----------------------------------------------------------

LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = "superfast.common.formats"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

# Files ----------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "superfast.common.staticfiles.HashedStorage"
        )
    },
}
FILE_UPLOAD_PERMISSIONS = 0o644
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "superfast.common.uploads.TemporaryFiles",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
# Of a whole form with its files; the proxy cuts off what is larger, too.
UPLOAD_MAX_BYTES = 30_000_000
PICTURE_MAX_BYTES = 20 * 1024 * 1024
PICTURE_MAX_PIXELS = 40_000_000

# Caches ---------------------------------------------------------------------

# Each network that guesses within the hour has an entry: with Django's own 300 a busy
# hour would forget who had guessed too often.
_CACHE_SIZE = {"MAX_ENTRIES": 50_000}
if CACHE_URL == "locmem://":
    _CACHE: dict[str, Any] = {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": _CACHE_SIZE,
    }
elif CACHE_URL:
    _CACHE = {
        "BACKEND": "superfast.common.redis_cache.ForgivingRedisCache",
        "LOCATION": CACHE_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
else:
    # The workers of one machine count guesses and wrong passwords together.
    _CACHE = {
        "BACKEND": "superfast.common.shared_cache.SharedFileCache",
        "LOCATION": str(DATA_DIR / "cache.sqlite3"),
        "OPTIONS": _CACHE_SIZE,
    }
CACHES = {"default": _CACHE}

# Tasks ----------------------------------------------------------------------

# manage.py run_worker does them; superfast.common.queue says how they are handed out.
Q_CLUSTER = {
    "name": "superfast",
    "label": "Tasks",
    "broker_class": "superfast.common.queue.Broker",
    "orm": "default",
    "workers": max(1, TASK_WORKERS),
    "queue_limit": max(1, TASK_WORKERS),
    "poll": 1,
    "guard_cycle": 1,
    # A task ends within this, or is ended; longer work goes in bites.
    "timeout": 900,
    # Not read by our broker: a lease is renewed, and short. django-q2 warns without it.
    "retry": 960,
    "ack_failures": True,
    "catch_up": False,
}
# What `manage.py` does again and again: command and arguments, and a period of django-q2,
# or a number of minutes.
SCHEDULES: dict[tuple[str, ...], str | int] = {
    ("roll_up_guesses",): "hourly",
    ("detach_guesses",): "monthly",
    # A paper that is saved finds its like at once; others find it the next day.
    ("relate_papers",): "daily",
    # Each link once a week; what is due, a bite an hour.
    ("check_links", "--minutes=10"): "hourly",
    # Finds nothing but in the hour after an update that changed how issues look.
    ("rerender", "--old"): "hourly",
    # What SQLite knows of its tables; an import or an update may have changed them.
    ("analyze_database",): "hourly",
    **({("ping_hub",): 5} if WEBSUB_HUB_URL else {}),
}

# Kept pages -----------------------------------------------------------------

# Public pages are kept in memory until a row of these apps changes: of every model but
# the unseen, of which no public page shows anything. See superfast.pagecache.
PUBLIC_APPS = ("papers", "quiz", "issues", "pages")
UNSEEN_MODELS = (
    "issues.Presence",
    "issues.DraftLink",
    "issues.Override",
    "issues.Revision",
    "pages.AnnouncedFeed",
    "papers.ImportBatch",
    "papers.ImportRow",
    "papers.PaperRevision",
    "papers.DistinctPair",
    "papers.MistakeReport",
    "papers.PaperLink",
    "quiz.Player",
    "quiz.TransferCode",
    "quiz.Tally",
    "quiz.Rollup",
    "quiz.WordingChange",
)
# A new row of these changes no page, nor does a column that is not named here: a guess is
# told of once its quiz has closed.
PUBLIC_COLUMNS = {"quiz.Guess": ("counted",)}
# Of these any change counts but that of the columns named here: where editors' texts
# stand, which each autosave moves. Readers' own is in the row.
UNSEEN_COLUMNS = {
    "issues.Issue": ("working_revision", "published_revision"),
    "issues.Erratum": ("revision",),
}
# Times, beside those of publishing, at which what is public changes by itself.
PUBLIC_MOMENTS = {"quiz.Quiz": ("closes_at",)}

# Security -------------------------------------------------------------------

ALLOWED_HOSTS = [_site.hostname or "", *EXTRA_HOSTS]
if env.is_loopback(_site.hostname or ""):
    # Who tries the site on their own machine types any of its names.
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = HSTS_PRELOAD
# The browsers' preload list is entered for good: that is the owner's choice.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
# `no-referrer` would make browsers send `Origin: null` with the guess form.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

_COOKIE_PREFIX = "__Host-" if IS_HTTPS else ""
SESSION_COOKIE_NAME = f"{_COOKIE_PREFIX}session"
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{_COOKIE_PREFIX}csrf"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "superfast.common.errors.csrf_failure"
KNOWN_BROWSER_COOKIE_NAME = f"{_COOKIE_PREFIX}known"
PLAYER_COOKIE_NAME = f"{_COOKIE_PREFIX}player"

# In this order, on every page; see superfast.common.policy for who differs.
CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
    # The same place by its address, for browsers that know no names of places.
    "report-uri": "/policy-report",
    "report-to": "policy",
}
REPORTING_ENDPOINTS = 'policy="/policy-report"'

# Static files ---------------------------------------------------------------

WHITENOISE_MAX_AGE = 300
WHITENOISE_ALLOW_ALL_ORIGINS = False

# Logs -----------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "superfast.common.tracing.RequestId"}},
    "formatters": {
        "line": {
            "format": "{asctime} {levelname} {name} {request_id} {message}",
            "style": "{",
        },
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "{asctime}{levelname}{name}{request_id}{message}",
            "style": "{",
        },
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["request_id"],
        }
    },
    # Anybody may send any Host, and each would log a traceback.
    "loggers": {
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
        # Every task twice, and every process by its number.
        "django-q": {"level": "WARNING"},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
}

# Reports of errors, to a service of the owner's choice.
if SENTRY_DSN:
    report_errors(SENTRY_DSN)

# Development ----------------------------------------------------------------

# Installed with requirements/dev.txt alone.
SHOW_TOOLBAR = DEBUG and find_spec("debug_toolbar") is not None
if SHOW_TOOLBAR:
    INSTALLED_APPS.append("debug_toolbar")
    MIDDLEWARE.insert(0, "debug_toolbar.middleware.DebugToolbarMiddleware")
    INTERNAL_IPS = ["127.0.0.1", "::1"]
