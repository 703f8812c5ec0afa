"""Settings of Wuhao. Whatever differs between two installations comes from the environment (README, "Settings")."""

import os
from decimal import Decimal
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.database import database_from_url
from config.mail import mail_from_url

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("WUHAO_VAR", BASE_DIR / "var"))

DEBUG = os.environ.get("WUHAO_DEBUG", "") == "1"
SECRET_KEY = os.environ["WUHAO_SECRET_KEY"]
BASE_URL = os.environ.get("WUHAO_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = os.environ.get("WUHAO_ALLOWED_HOSTS", "127.0.0.1,localhost").split(",")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
HTTPS = BASE_URL.startswith("https://")

INSTALLED_APPS = [
    "accreditation",
    "workflows",
    "certificates",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "guardian",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "accreditation.views.private_pages.KeepPrivate",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accreditation.views.limits.RefuseLargeRequests",
    "accreditation.views.late_forms.KeepWhatWasTyped",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accreditation.views.first_password.OwnPasswordFirst",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accreditation.context.face",
            ],
        },
    },
]

DATABASES = {
    "default": database_from_url(
        os.environ.get("WUHAO_DATABASE_URL", f"sqlite:///{VAR_DIR / 'wuhao.sqlite3'}")
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accreditation.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ANONYMOUS_USER_NAME = None  # guardian: no stand-in row for visitors; they hold no grants
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "files"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Private files: only views that ask for permission serve them, so there is no MEDIA_URL.

MAX_EVIDENCE_BYTES = 20 * 1024 * 1024  # one evidence file (domain rule: 20 MB)
MAX_REQUEST_BYTES = 64 * 1024 * 1024  # one form with its files; more is refused unread
FILE_UPLOAD_HANDLERS = ["accreditation.views.limits.CountingFileHandler"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a form with 200 members has about 1,500

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600  # one working day, in seconds
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "accreditation.views.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# Limits on trying are counted here. Every worker of a machine shares it; many machines need a cache of their own.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": VAR_DIR / "cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
# How many of our own proxies stand before us and add to X-Forwarded-For; 0: visitors connect directly.
TRUSTED_PROXIES = int(os.environ.get("WUHAO_TRUSTED_PROXIES", "0"))

# Mail; without a server nobody is mailed, and the messages are read on the pages alone.
_MAIL = mail_from_url(os.environ.get("WUHAO_EMAIL_URL", ""))
EMAIL_HOST, EMAIL_PORT = _MAIL.host, _MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL.user, _MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL.starts_tls, _MAIL.is_tls
DEFAULT_FROM_EMAIL = os.environ.get("WUHAO_EMAIL_FROM", "wuhao@localhost")
EMAIL_TIMEOUT = 10  # seconds

# Webhooks go to public addresses over HTTPS. An office's own network can be allowed, as "10.20.0.0/16,fd00::/8".
WEBHOOK_SCHEMES = ("https", "http") if DEBUG else ("https",)
WEBHOOK_NETWORKS = [network for network in os.environ.get("WUHAO_WEBHOOK_NETWORKS", "").split(",") if network]

# Where the source of the running version can be had; the licence asks that users are told (AGPL-3.0, section 13).
SOURCE_URL = os.environ.get("WUHAO_SOURCE_URL", "")

# An expert's card is discussed before the scoring ends when it lies this far from the median of the other cards:
# its total in points, or one of the five goods in hundredths of the points of that good.
DISCUSS_TOTAL = Decimal(os.environ.get("WUHAO_DISCUSS_TOTAL", "10"))
DISCUSS_PERCENT = Decimal(os.environ.get("WUHAO_DISCUSS_PERCENT", "30"))

# The key that signs the log's checkpoints (`manage.py ledger_key` makes one), and the public keys of it and of those
# before it. Only the environment and files know the key: whoever has the whole database cannot sign.
LEDGER_KEY = os.environ.get("WUHAO_LEDGER_KEY", "")
LEDGER_KEY_FILE = os.environ.get("WUHAO_LEDGER_KEY_FILE", str(VAR_DIR / "ledger.key"))
LEDGER_KEYS_FILE = os.environ.get("WUHAO_LEDGER_KEYS_FILE", str(VAR_DIR / "ledger.keys"))
LEDGER_CHECKPOINT_EVERY = int(os.environ.get("WUHAO_LEDGER_CHECKPOINT_EVERY", "3600"))  # seconds
# Where copies of the checkpoints go: directories, or aliases in STORAGES. Who cosigns them: public keys, or a file of
# them. Whose logs we cosign: "KEY ADDRESS", or a file of such lines.
CHECKPOINT_PLACES = [
    one.strip() for one in os.environ.get("WUHAO_CHECKPOINT_PLACES", "").split(",") if one.strip()
]
LEDGER_WITNESSES = os.environ.get("WUHAO_WITNESSES", "")
LEDGER_WITNESSED_LOGS = os.environ.get("WUHAO_WITNESSED_LOGS", "")

# What signs certificates (`manage.py signing_key` makes keys for trying). The key of files is P-256, as PEM; beside it
# its certificate, then its issuers', then those of keys before it. The key of tokens (credentials, status lists) is
# Ed25519, a JWK; beside it the public keys of it and of those before it.
SIGNING_KEY_FILE = os.environ.get("WUHAO_SIGNING_KEY_FILE", str(VAR_DIR / "signing.key"))
SIGNING_CHAIN_FILE = os.environ.get("WUHAO_SIGNING_CHAIN_FILE", str(VAR_DIR / "signing.pem"))
CREDENTIAL_KEY_FILE = os.environ.get("WUHAO_CREDENTIAL_KEY_FILE", str(VAR_DIR / "credential.jwk"))
CREDENTIAL_KEYS_FILE = os.environ.get("WUHAO_CREDENTIAL_KEYS_FILE", str(VAR_DIR / "credential-keys.json"))
# A timestamp authority (RFC 3161) makes signatures PAdES B-T. A licensed e-seal service is a SealProvider.
TIMESTAMP_URL = os.environ.get("WUHAO_TIMESTAMP_URL", "")
SEAL_PROVIDER = os.environ.get("WUHAO_SEAL_PROVIDER", "certificates.signing.pades.PadesSeal")

# Rows of the domain that events explain, for `manage.py verify_ledger` (workflows.ledger.verification.rows.Explained).
LEDGER_EXPLAINED = ["accreditation.services.explained.everything.EXPLAINED"]

# Case files that auditors asked for are kept for so many days; they can be asked for again.
CASE_FILE_DAYS = int(os.environ.get("WUHAO_CASE_FILE_DAYS", "30"))

# Under which terms others may use what they download of the register, such as "CC BY 4.0"; empty says nothing of it.
REGISTER_LICENSE = os.environ.get("WUHAO_REGISTER_LICENSE", "")

# Documents made on request are kept for so many days, and made again afterwards.
DOCUMENT_DAYS = int(os.environ.get("WUHAO_DOCUMENT_DAYS", "30"))

# The engine in workflows/ knows an office only by this name.
WORKFLOWS_OFFICE_MODEL = "accreditation.Organisation"
# The issuer's choices over the defaults in certificates/configuration.py, until the city saves its own in a page.
CERTIFICATE: dict[str, str | int] = {}
# Processes that draw certificates when many wait.
CERTIFICATE_PROCESSES = int(os.environ.get("WUHAO_CERTIFICATE_PROCESSES", min(os.cpu_count() or 1, 4)))
# What the log proves of a certificate: its place there (certificate, at), taken before its file is drawn; the record of
# the file (certificate, at); and what does not hold of it (certificate).
CERTIFICATE_PROOF = "accreditation.services.certificate_proofs.log_proof"
CERTIFICATE_MADE = "accreditation.services.certificate_proofs.record_file"
CERTIFICATE_CHECK = "accreditation.services.certificate_proofs.fault_of"
CERTIFICATE_CHECK_ALONE = (
    "accreditation.services.certificate_proofs.fault_by_itself"  # without asking the log
)
# Who is told of an event (event, at), their letter (user, notifications, language, at), a webhook's (event, webhook),
# and the letter with a checkpoint (user, checkpoint, note, language, at), None to those who may not have it any more.
NOTIFICATION_AUDIENCE = "accreditation.queries.audience.audience_of"
NOTIFICATION_LETTER = "accreditation.services.letters.letter"
NOTIFICATION_BODY = "accreditation.services.letters.webhook_body"
CHECKPOINT_LETTER = "accreditation.services.checkpoint_letters.letter"
# Work that falls due: functions (at) -> number of things done, run in this order by `manage.py run_due`.
DUE_WORK = [
    "accreditation.services.appointments.ask_above",
    "accreditation.services.notice.end_due_notices",
    "accreditation.services.escalation.escalate_overdue",
    "accreditation.services.naming.issue_due_certificates",
    "workflows.key_changes.note_key",
    "workflows.ledger.checkpoints.keep_log",
    "accreditation.services.event_index.index_events",
    "accreditation.services.findings.look_for_findings",
    "certificates.issuing.render_due",
    # Last, as they wait for others: who was told of what was just done.
    "workflows.notifications.fan_out.fan_out",
    "workflows.notifications.mail.send_mail",
    "workflows.notifications.webhooks.deliver",
    # What leaves the house: it may wait for a network.
    "workflows.ledger.copies.publish_checkpoints",
    "workflows.notifications.checkpoint_mail.mail_checkpoints",
    # What takes long, one a round.
    "accreditation.case_files.building.build_due",
    "accreditation.services.case_files.remove_old",
    "certificates.kept.remove_old",
]
