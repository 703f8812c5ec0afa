"""Migration operations by which the database itself keeps a certificate as it was registered and made.

Only its file may be added, once, and with it the proof that stands in it. What later happens to a naming (revoked,
replaced) is told by other rows.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "certificates_certificate"
NAME = f"{TABLE}_is_final"
MESSAGE = "a certificate is final: only its file may be added, once"
REGISTERED = (
    *("id", "public_id", "year", "serial", "number", "check_code", "studio_name", "enterprise_name"),
    *("title", "issuer", "decision_number", "issued_on", "valid_until", "design", "registered_at"),
)
LATER = ("joint_issuers", "layout_id", "issued_for", "status_list", "status_index")
"""Columns that the table got later, with migration 0005."""
Statements = dict[str, list[str]]


def _final(columns: Sequence[str]) -> tuple[Statements, Statements]:
    """How the table is guarded and freed, when these columns are final from the start."""
    changed = [f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in columns]
    condition = " OR ".join(["OLD.sha256 <> ''", *changed])
    sqlite = {
        "update": f"BEFORE UPDATE ON {TABLE} WHEN {condition}",
        "delete": f"BEFORE DELETE ON {TABLE}",
        # INSERT OR REPLACE deletes the old row without asking the trigger above.
        "replace": f"BEFORE INSERT ON {TABLE} WHEN EXISTS (SELECT 1 FROM {TABLE} AS old WHERE "  # noqa: S608
        "old.id = NEW.id OR old.public_id = NEW.public_id OR old.number = NEW.number "
        "OR old.check_code = NEW.check_code OR (old.year = NEW.year AND old.serial = NEW.serial))",
    }
    postgres = {
        "update": f"BEFORE UPDATE ON {TABLE} FOR EACH ROW WHEN ({condition})",
        "delete": f"BEFORE DELETE ON {TABLE} FOR EACH ROW",
        "truncate": f"BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT",
    }
    return _statements(TABLE, NAME, MESSAGE, sqlite, postgres)


def _statements(
    table: str, name: str, message: str, sqlite: dict[str, str], postgres: dict[str, str]
) -> tuple[Statements, Statements]:
    guard = {
        "sqlite": [
            f"CREATE TRIGGER {name}_{verb} {when} BEGIN SELECT RAISE(ABORT, '{message}'); END"
            for verb, when in sqlite.items()
        ],
        "postgresql": [
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'restrict_violation'; END $$",
            *(
                statement
                for verb, when in postgres.items()
                for statement in (
                    f"CREATE TRIGGER {name}_{verb} {when} EXECUTE FUNCTION {name}()",
                    f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}_{verb}",
                )
            ),
        ],
    }
    lift = {
        "sqlite": [f"DROP TRIGGER {name}_{verb}" for verb in sqlite],
        "postgresql": [
            *(f"DROP TRIGGER {name}_{verb} ON {table}" for verb in postgres),
            f"DROP FUNCTION {name}()",
        ],
    }
    return guard, lift


PROOF = f"{TABLE}_has_its_proof"
WITHOUT = "a certificate gets its file and its proof together"
HALF = "(NEW.sha256 = '') <> (NEW.log_proof IS NULL)"
PROOF_GUARD: Statements = {
    "sqlite": [
        f"CREATE TRIGGER {PROOF} BEFORE UPDATE ON {TABLE} WHEN {HALF} BEGIN SELECT RAISE(ABORT, '{WITHOUT}'); END"
    ],
    "postgresql": [
        f"CREATE FUNCTION {PROOF}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{WITHOUT}' USING ERRCODE = 'restrict_violation'; END $$",
        f"CREATE TRIGGER {PROOF} BEFORE UPDATE ON {TABLE} FOR EACH ROW WHEN ({HALF}) EXECUTE FUNCTION {PROOF}()",
        f"ALTER TABLE {TABLE} ENABLE ALWAYS TRIGGER {PROOF}",
    ],
}
PROOF_LIFT: Statements = {
    "sqlite": [f"DROP TRIGGER {PROOF}"],
    "postgresql": [f"DROP TRIGGER {PROOF} ON {TABLE}", f"DROP FUNCTION {PROOF}()"],
}


def certificates_are_final(*later: str) -> migrations.RunPython:
    """Refuse any other change to a certificate, and its deletion; `later` are columns that the table got since."""
    guard, lift = _final([*REGISTERED, *later])
    return migrations.RunPython(_run(guard), _run(lift))


def rows_are_final(table: str, *unique: str) -> migrations.RunPython:
    """Refuse to change or delete any row of a table; `unique` are its columns that hold a value once, besides id."""
    verbs = ("UPDATE", "DELETE")
    name, message = f"{table}_is_final", f"rows of {table} are final"
    sqlite = {verb.lower(): f"BEFORE {verb} ON {table}" for verb in verbs}
    # INSERT OR REPLACE deletes the old row without asking.
    same = " OR ".join(f"old.{column} = NEW.{column}" for column in ("id", *unique))
    sqlite["replace"] = f"BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} AS old WHERE {same})"  # noqa: S608
    postgres = {verb.lower(): f"BEFORE {verb} ON {table} FOR EACH ROW" for verb in verbs}
    postgres["truncate"] = f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
    guard, lift = _statements(table, name, message, sqlite, postgres)
    return migrations.RunPython(_run(guard), _run(lift))


def files_have_their_proof() -> migrations.RunPython:
    """Refuse a file without its proof in the log, and a proof without its file."""
    return migrations.RunPython(_run(PROOF_GUARD), _run(PROOF_LIFT))


def _run(statements: Statements) -> Callable[[Any, BaseDatabaseSchemaEditor], None]:
    def execute(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in statements[editor.connection.vendor]:
            editor.execute(statement, params=None)

    return execute
