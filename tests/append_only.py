"""Lift the triggers that protect append-only tables, for the one who empties the test database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

POSTGRES_TRIGGERS = """
    SELECT format('%I.%I', n.nspname, c.relname), format('%I', t.tgname)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT t.tgisinternal AND t.tgenabled = 'A'
"""


@contextmanager
def triggers_lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Within the block no trigger of our own refuses anything; after it all stand as before."""
    lift = _postgres if connection.vendor == "postgresql" else _sqlite
    with connection.cursor() as cursor:
        yield from lift(cursor)


def _postgres(cursor) -> Iterator[None]:
    cursor.execute(POSTGRES_TRIGGERS)
    triggers = cursor.fetchall()
    for table, name in triggers:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
    try:
        yield
    finally:
        for table, name in triggers:
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def _sqlite(cursor) -> Iterator[None]:
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    triggers = cursor.fetchall()
    for name, _ in triggers:
        cursor.execute(f'DROP TRIGGER "{name}"')
    try:
        yield
    finally:
        for _, sql in triggers:
            cursor.execute(sql)


@contextmanager
def tampering() -> Iterator[None]:
    """Change what cannot be changed. Checks that wait for the end of the transaction are made before and after."""
    connection.check_constraints()
    with triggers_lifted(connection):
        yield
        connection.check_constraints()
