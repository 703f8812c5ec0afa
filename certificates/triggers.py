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
DROPPED = ("design",)
"""Columns that the table had once, until migration 0006."""
ENDINGS = "certificates_ending"
OF_ENDING = ("id", "certificate_id", "kind", "ended_on", "successor_id", "recorded_at")
"""What stays of an ending whose reason is erased."""
Statements = dict[str, list[str]]


UNIQUE = ("id", "public_id", "number", "check_code", "year serial", "status_list status_index", "sha256")
"""What no two certificates share: columns, or several together; of the file only those that are made have one."""


def _replace(table: str, *unique: str) -> str:
    """Refuse INSERT OR REPLACE, which deletes the old row without asking any other trigger."""
    same = " OR ".join(
        "(" + " AND ".join(f"old.{one} = NEW.{one} AND NEW.{one} <> ''" for one in together.split()) + ")"
        for together in unique
    )
    return f"BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} AS old WHERE {same})"  # noqa: S608


def _final(columns: Sequence[str]) -> tuple[Statements, Statements]:
    """How the table is guarded and freed, when these columns are final from the start."""
    changed = [f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in columns]
    condition = " OR ".join(["OLD.sha256 <> ''", *changed])
    sqlite = {
        "update": f"BEFORE UPDATE ON {TABLE} WHEN {condition}",
        "delete": f"BEFORE DELETE ON {TABLE}",
        "replace": _replace(TABLE, *(one for one in UNIQUE if set(one.split()) <= {*columns, "sha256"})),
    }
    postgres = {
        "update": f"BEFORE UPDATE ON {TABLE} FOR EACH ROW WHEN ({condition})",
        "delete": f"BEFORE DELETE ON {TABLE} FOR EACH ROW",
        "truncate": f"BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT",
    }
    return _statements(TABLE, NAME, MESSAGE, sqlite, postgres)


def _statements(
    table: str, name: str, message: str, sqlite: dict[str, str], postgres: dict[str, str], *, unless: str = ""
) -> tuple[Statements, Statements]:
    """Guard and lift a table. PostgreSQL asks `unless` in the function, so that the trigger stands on every row."""
    let = f"IF TG_OP = 'UPDATE' THEN IF {unless} THEN RETURN NEW; END IF; END IF; " if unless else ""
    guard = {
        "sqlite": [
            f"CREATE TRIGGER {name}_{verb} {when} BEGIN SELECT RAISE(ABORT, '{message}'); END"
            for verb, when in sqlite.items()
        ],
        "postgresql": [
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {let}RAISE EXCEPTION '{message}' USING ERRCODE = 'restrict_violation'; END $$",
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


def certificates_are_final(*later: str, dropped: Sequence[str] = ()) -> migrations.RunPython:
    """Refuse any other change to a certificate, and its deletion; `later` and `dropped` are columns since the first."""
    guard, lift = _final([name for name in (*REGISTERED, *later) if name not in dropped])
    return migrations.RunPython(_run(guard), _run(lift))


def rows_are_final(table: str, *unique: str, but: str = "") -> migrations.RunPython:
    """Refuse to change or delete any row of a table; `unique` are its columns that hold a value once, besides id.

    `but` is the change that is allowed all the same.
    """
    verbs = ("UPDATE", "DELETE")
    name, message = f"{table}_is_final", f"rows of {table} are final"
    sqlite = {verb.lower(): f"BEFORE {verb} ON {table}" for verb in verbs}
    sqlite["update"] += f" WHEN NOT ({but})" if but else ""
    sqlite["replace"] = _replace(table, "id", *unique)
    postgres = {verb.lower(): f"BEFORE {verb} ON {table} FOR EACH ROW" for verb in verbs}
    postgres["truncate"] = f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
    guard, lift = _statements(table, name, message, sqlite, postgres, unless=but)
    return migrations.RunPython(_run(guard), _run(lift))


def endings_are_final() -> migrations.RunPython:
    """Refuse to change or delete how a certificate ended; its reason may be erased, and nothing else with it."""
    same = " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in OF_ENDING)
    return rows_are_final(ENDINGS, "certificate_id", "successor_id", but=f"NEW.reason = '' AND {same}")


def put_in_place_of(old: migrations.RunPython) -> migrations.RunPython:
    """Take a guard down, for a migration that puts another in its place."""
    return migrations.RunPython(old.reverse_code or migrations.RunPython.noop, old.code)


def files_have_their_proof() -> migrations.RunPython:
    """Refuse a file without its proof in the log, and a proof without its file."""
    return migrations.RunPython(_run(PROOF_GUARD), _run(PROOF_LIFT))


def _run(statements: Statements) -> Callable[[Any, BaseDatabaseSchemaEditor], None]:
    def execute(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in statements[editor.connection.vendor]:
            editor.execute(statement, params=None)

    return execute
