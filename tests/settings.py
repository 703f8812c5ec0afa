"""Settings of the tests: those of the application, on a database of their own that is thrown away.

`WUHAO_TEST_DATABASE=postgres` chooses a real PostgreSQL; otherwise it is SQLite.
The first process makes the directory; workers (pytest-xdist) find it in the environment and have a server each.
"""

import os
import warnings
from pathlib import Path

from tests.throwaway import postgres_url, temporary_directory

ON_POSTGRES = os.environ.get("WUHAO_TEST_DATABASE", "sqlite") == "postgres"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
_directory = temporary_directory()

os.environ["WUHAO_SECRET_KEY"] = "only-for-the-tests"
os.environ["WUHAO_LEDGER_KEY"] = (  # made for the tests
    "PRIVATE+KEY+ledger.test/wuhao+46c2b692+AR0IxclyCgsuDL8TTBGBefOZTvoxrEQMqDyZyMslc4mC"
)
_keys = Path(__file__).parent / "certificates" / "keys"  # made for the tests
os.environ["WUHAO_SIGNING_KEY_FILE"] = str(_keys / "signing.key")
os.environ["WUHAO_SIGNING_CHAIN_FILE"] = str(_keys / "signing.pem")
os.environ["WUHAO_CREDENTIAL_KEY_FILE"] = str(_keys / "credential.jwk")
os.environ["WUHAO_CREDENTIAL_KEYS_FILE"] = str(_keys / "credential-keys.json")
os.environ["WUHAO_VAR"] = str(_directory / WORKER)
os.environ["WUHAO_DATABASE_URL"] = postgres_url() if ON_POSTGRES else f"sqlite:///{_directory}/unused.sqlite3"
for name in (
    "WUHAO_DEBUG",
    "WUHAO_BASE_URL",
    "WUHAO_ALLOWED_HOSTS",
    "WUHAO_EMAIL_URL",
    "WUHAO_WEBHOOK_NETWORKS",
    "WUHAO_LEDGER_KEY_FILE",
    "WUHAO_LEDGER_KEYS_FILE",
    "WUHAO_LEDGER_CHECKPOINT_EVERY",
    "WUHAO_TIMESTAMP_URL",
    "WUHAO_SEAL_PROVIDER",
    "WUHAO_CHECKPOINT_PLACES",
    "WUHAO_WITNESSES",
    "WUHAO_WITNESSED_LOGS",
):
    os.environ.pop(name, None)
# Playwright's own event loop runs in the test's thread; the database is still used from one thread at a time.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from config.settings import *  # noqa: E402, F403
from config.settings import ALLOWED_HOSTS, DATABASES, STATIC_ROOT, STORAGES  # noqa: E402

Path(STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a missing one
ALLOWED_HOSTS += ["testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast; nothing here is secret
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
if not ON_POSTGRES:
    # A file, not memory: the live server's threads each need a connection of their own.
    DATABASES["default"]["TEST"] = {"NAME": str(_directory / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0

warnings.filterwarnings("error", message=".*received a naive datetime")
