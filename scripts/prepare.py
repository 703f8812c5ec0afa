"""Make a local installation ready: its secret, its database, its static files and the sample data."""

import os
import secrets
import sys
from pathlib import Path

import django
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent


def set_environment(port: int) -> None:
    """Set what config.settings reads, as far as the caller has not; the secret is made once and kept."""
    var = Path(os.environ.setdefault("WUHAO_VAR", str(ROOT / "var")))
    var.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("WUHAO_BASE_URL", f"http://127.0.0.1:{port}")
    if "WUHAO_SECRET_KEY" not in os.environ:
        os.environ["WUHAO_SECRET_KEY"] = _secret_key(var / "secret-key")


def _secret_key(path: Path) -> str:
    """Return the secret in `path`, readable only by its owner; made at the first call."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text()


def prepare(closing_commands: list[str]) -> None:
    """Migrate, collect the static files, make keys, load the sample where there is none; then `closing_commands`."""
    sys.path.insert(0, str(ROOT))
    django.setup()
    print("database: bringing the tables up to date")
    call_command("migrate", verbosity=0, interactive=False)
    print("static files: collecting")
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("ledger_key", verbosity=0)  # what is decided below can be proved from the beginning
    call_command("signing_key", verbosity=0)
    call_command("load_sample")
    for command in closing_commands:
        call_command(command)
