"""Run recorded SQL on the driver alone, on a copy of the database as it was before Django ran it."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Protocol

import psycopg
from django.db import connection

Statement = tuple[str, Sequence[Any]]


@contextmanager
def recorded(into: list[Statement]) -> Iterator[None]:
    """Append every statement that Django executes in the block to `into`; the driver begins and commits itself."""

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if not sql.startswith("BEGIN"):  # Django sends it as a statement on SQLite only
            into.append((sql, tuple(params or ())))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield


def copy_database(suffix: str) -> str:
    """Copy the whole database beside itself, with no connection open, and return the copy's name."""
    name = str(connection.settings_dict["NAME"])
    copy = f"{name}_{suffix}"
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        shutil.copy(name, copy)
        return copy
    connection.close()
    with psycopg.connect(_postgres("postgres"), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {copy} TEMPLATE {name}")
    return copy


def turn_to(name: str) -> None:
    """Lead Django's connection to the database of this name."""
    connection.close()
    connection.settings_dict["NAME"] = name
    connection.ensure_connection()


class Driver(Protocol):
    """An open connection of the database's own driver."""

    def run(self, statements: Sequence[Statement]) -> None:
        """Run the statements as one transaction and read all that they give."""


def driver(name: str) -> Driver:
    """Open the database of this name, set as Django sets it."""
    return _SQLite(name) if connection.vendor == "sqlite" else _Postgres(name)


class _SQLite:
    def __init__(self, name: str) -> None:
        self.connection = sqlite3.connect(name, isolation_level=None)
        self.connection.executescript(connection.settings_dict["OPTIONS"]["init_command"])
        self.connection.execute("PRAGMA foreign_keys = ON")

    def run(self, statements: Sequence[Statement]) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        for sql, params in statements:
            self.connection.execute(_question_marks(sql), params).fetchall()
        self.connection.execute("COMMIT")


@cache
def _question_marks(sql: str) -> str:
    return sql.replace("%s", "?").replace("%%", "%")


class _Postgres:
    def __init__(self, name: str) -> None:
        self.connection = psycopg.connect(_postgres(name), cursor_factory=psycopg.ClientCursor)

    def run(self, statements: Sequence[Statement]) -> None:
        for sql, params in statements:
            cursor = self.connection.execute(sql, params)
            if cursor.description:
                cursor.fetchall()
        self.connection.commit()


def _postgres(name: str) -> str:
    chosen = connection.settings_dict
    return f"host={chosen['HOST']} user={chosen['USER']} dbname={name}"
