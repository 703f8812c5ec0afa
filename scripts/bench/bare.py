"""Run recorded SQL on the driver alone, on a copy of the database as it was before Django ran it."""

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

Statement = tuple[str, Sequence[Any]]


@contextmanager
def recorded(into: list[Statement]) -> Iterator[None]:
    """Append every statement that Django executes in the block to `into`."""

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if not sql.startswith("BEGIN"):  # Django sends it as a statement on SQLite only
            into.append((sql, tuple(params or ())))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield


def copy_database() -> str:
    """Copy the whole database beside itself, with no connection open, and return the copy's name."""
    name = str(connection.settings_dict["NAME"])
    connection.close()
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        shutil.copy(name, f"{name}.copy")
        return f"{name}.copy"
    with psycopg.connect(_postgres("postgres"), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}_copy TEMPLATE {name}")
    return f"{name}_copy"


def _postgres(name: str) -> str:
    chosen = connection.settings_dict
    return f"host={chosen['HOST']} user={chosen['USER']} dbname={name}"


def run(copy: str, transactions: Sequence[Sequence[Statement]]) -> float:
    """Run each list of statements as one transaction on the copy; return the seconds that all took."""
    return (_run_sqlite if connection.vendor == "sqlite" else _run_postgres)(copy, transactions)


def _run_sqlite(copy: str, transactions: Sequence[Sequence[Statement]]) -> float:
    database = sqlite3.connect(copy, isolation_level=None)
    database.executescript(connection.settings_dict["OPTIONS"]["init_command"])
    database.execute("PRAGMA foreign_keys = ON")
    ready = [
        [(sql.replace("%s", "?").replace("%%", "%"), params) for sql, params in one] for one in transactions
    ]
    started = time.perf_counter()
    for statements in ready:
        database.execute("BEGIN IMMEDIATE")
        for sql, params in statements:
            database.execute(sql, params).fetchall()
        database.execute("COMMIT")
    seconds = time.perf_counter() - started
    database.close()
    Path(copy).unlink()
    return seconds


def _run_postgres(copy: str, transactions: Sequence[Sequence[Statement]]) -> float:
    with psycopg.connect(_postgres(copy), cursor_factory=psycopg.ClientCursor) as database:
        started = time.perf_counter()
        for statements in transactions:
            for sql, params in statements:
                cursor = database.execute(sql, params)
                if cursor.description:
                    cursor.fetchall()
            database.commit()
        return time.perf_counter() - started
