"""Migration operations by which the database itself guards the ledger, on SQLite and PostgreSQL.

Triggers prevent accidents and mistakes in our own code; against somebody with full rights on the database
only checkpoints kept elsewhere help.
"""

from collections.abc import Callable
from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

Statements = dict[str, list[str]]


def _run(statements: Statements) -> Callable[[Any, BaseDatabaseSchemaEditor], None]:
    def execute(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in statements[editor.connection.vendor]:
            editor.execute(statement, params=None)

    return execute


def _postgres_refusal(
    name: str, table: str, *, events: str, level: str, message: str, when: str = ""
) -> list[str]:
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'restrict_violation'; END $$",
        f"CREATE TRIGGER {name} BEFORE {events} ON {table} FOR EACH {level} {when} EXECUTE FUNCTION {name}()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
    ]


def _postgres_drop(table: str, *names: str) -> list[str]:
    drops = [[f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()"] for name in names]
    return [statement for pair in drops for statement in pair]


def append_only(
    table: str, key: str, frozen_when: str = "", *, is_erasable: bool = False
) -> migrations.RunPython:
    """Refuse UPDATE, DELETE and TRUNCATE of `table`, and on SQLite the INSERT OR REPLACE that slips past them.

    `key` is the SQL by which an existing row is found again, in terms of NEW (for example "id = NEW.id").
    `frozen_when` limits the guard to rows for which it holds, in terms of OLD (for example a submitted card).
    Of an erasable table rows may be deleted.
    """
    name = f"{table}_append_only"
    verbs = ("update",) if is_erasable else ("update", "delete")
    message = f"{table} is append-only"
    when = f"WHEN ({frozen_when})" if frozen_when else ""
    existing = f"SELECT 1 FROM {table} AS old WHERE ({key})" + (
        f" AND ({frozen_when.replace('OLD.', 'old.')})" if frozen_when else ""
    )
    sqlite = [
        f"CREATE TRIGGER {name}_{verb} BEFORE {verb.upper()} ON {table} {when} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        for verb in verbs
    ] + [
        f"CREATE TRIGGER {name}_replace BEFORE INSERT ON {table} WHEN EXISTS ({existing}) "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    ]
    postgres = _postgres_refusal(
        name, table, events=" OR ".join(verbs).upper(), level="ROW", message=message, when=when
    ) + _postgres_refusal(f"{name}_truncate", table, events="TRUNCATE", level="STATEMENT", message=message)
    return migrations.RunPython(
        _run({"sqlite": sqlite, "postgresql": postgres}),
        _run(
            {
                "sqlite": [f"DROP TRIGGER {name}_{verb}" for verb in (*verbs, "replace")],
                "postgresql": _postgres_drop(table, name, f"{name}_truncate"),
            }
        ),
    )


def state_needs_event(table: str, initial: str) -> migrations.RunPython:
    """Let a row of `table` begin only in `initial`, and change its state only beside an event that says so.

    The event must be the row's `head` and name the new state; `perform()` writes it first.
    """
    name = f"{table}_state_needs_event"
    message = f"the state of {table} changes only through perform()"
    missing = (
        "NEW.state <> OLD.state AND NOT EXISTS (SELECT 1 FROM workflows_event AS e "
        "WHERE e.hash = NEW.head AND e.to_state = NEW.state AND e.from_state = OLD.state "
        "AND NEW.version = OLD.version + 1)"
    )
    sqlite = [
        f"CREATE TRIGGER {name}_insert BEFORE INSERT ON {table} WHEN NEW.state <> '{initial}' "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
        f"CREATE TRIGGER {name}_update BEFORE UPDATE ON {table} WHEN {missing} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
    ]
    postgres = [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF (TG_OP = 'INSERT' AND NEW.state <> '{initial}') THEN RAISE EXCEPTION '{message}'; END IF; "
        f"IF (TG_OP = 'UPDATE') THEN IF ({missing}) THEN RAISE EXCEPTION '{message}'; END IF; END IF; "
        "RETURN NEW; END $$",
        f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
    ]
    return migrations.RunPython(
        _run({"sqlite": sqlite, "postgresql": postgres}),
        _run(
            {
                "sqlite": [f"DROP TRIGGER {name}_insert", f"DROP TRIGGER {name}_update"],
                "postgresql": _postgres_drop(table, name),
            }
        ),
    )
