"""What the application's own account on PostgreSQL may do: everything it needs, and to the ledger only add.

Triggers refuse what is done by mistake; whoever owns a table can lift them. So the tables belong to an account of
their own, which migrates and erases, and the application signs in as another, to which the database denies the rest.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection
from psycopg.sql import Identifier

REFUSING = """
    SELECT c.relname, bool_or(t.tgtype & 16 > 0), bool_or(t.tgtype & 8 > 0)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal AND t.tgenabled = 'A'
        AND t.tgqual IS NULL AND t.tgtype & 2 > 0 AND t.tgtype & 4 = 0
    GROUP BY c.relname ORDER BY c.relname
"""
"""Tables on which a trigger of ours refuses UPDATE (16) or DELETE (8) of every row, before it happens (2): those that
ask what is inserted (4) as well, or look at the row first, refuse only some changes."""
STRONGER = """
    SELECT r.rolsuper, pg_has_role(r.oid, c.relowner, 'MEMBER')
    FROM pg_roles r, pg_class c WHERE r.rolname = %s AND c.oid = 'workflows_event'::regclass
"""
TAKEN = ("UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


class CannotLimit(Exception):
    """The account is none that can be limited; the text says why."""


def guarded() -> Mapping[str, tuple[str, ...]]:
    """Return the tables that the triggers guard, each with the statements that the application must not have.

    A table whose rows never change is one of the ledger: there it may not delete either, though texts are erased.
    """
    found: dict[str, tuple[str, ...]] = {}
    for table, updates, deletes in _rows(REFUSING):
        if updates:
            found[table] = ("UPDATE", "DELETE")
        elif deletes:
            found[table] = ("DELETE",)
    return found


def statements(role: str) -> Iterator[str]:
    """Yield the statements that give an account its rights, and no more; given twice they change nothing."""
    [[schema, database, owner]] = _rows("SELECT current_schema(), current_database(), current_user")
    to, inside = _name(role), _name(schema)
    yield f"GRANT CONNECT ON DATABASE {_name(database)} TO {to}"
    # Tables of a session come before all others: with one of its own, it could show the triggers another ledger.
    yield f"REVOKE TEMPORARY, CREATE ON DATABASE {_name(database)} FROM PUBLIC, {to}"
    yield f"REVOKE CREATE ON SCHEMA {inside} FROM PUBLIC, {to}"
    yield f"GRANT USAGE ON SCHEMA {inside} TO {to}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {inside} FROM PUBLIC, {to}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {inside} TO {to}"
    for table, verbs in guarded().items():
        yield f"REVOKE {', '.join(verbs)} ON {inside}.{_name(table)} FROM {to}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {inside} TO {to}"
    later = f"ALTER DEFAULT PRIVILEGES FOR ROLE {_name(owner)} IN SCHEMA {inside}"
    yield f"{later} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {to}"
    yield f"{later} GRANT USAGE, SELECT ON SEQUENCES TO {to}"


def refuse_stronger(role: str) -> None:
    """Raise CannotLimit for an account that is not there, or that no grant binds."""
    found = _rows(STRONGER, role)
    if not found:
        raise CannotLimit(f"there is no role {role}: CREATE ROLE {_name(role)} LOGIN PASSWORD '…'")
    [[is_superuser, is_owner]] = found
    if is_superuser:
        raise CannotLimit(f"{role} is a superuser: nothing is denied to one")
    if is_owner:
        raise CannotLimit(f"{role} owns the tables, or is a member of who does: an owner may do everything")


def left_over(role: str) -> list[str]:
    """Return what the account may still do that it must not, by whatever way it has it: "DELETE on workflows_event"."""
    found = []
    for table, verbs in guarded().items():
        for verb in (*verbs, *TAKEN[2:]):
            if _rows("SELECT has_table_privilege(%s, %s, %s)", role, table, verb) == [(True,)]:
                found.append(f"{verb} on {table}")
    return found


def _rows(sql: str, *parameters: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def _name(name: str) -> str:
    return Identifier(name).as_string()
