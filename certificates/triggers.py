"""Migration operations by which the database itself keeps a certificate as it was registered and made.

Only its file may be added, once, and with it the proof that stands in it. What later happens to a naming (revoked,
replaced) is told by other rows.
"""

from collections.abc import Callable
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
CHANGED = " OR ".join(
    ["OLD.sha256 <> ''", *(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in REGISTERED)]
)
SQLITE_GUARDS = {
    "update": f"BEFORE UPDATE ON {TABLE} WHEN {CHANGED}",
    "delete": f"BEFORE DELETE ON {TABLE}",
    # INSERT OR REPLACE deletes the old row without asking the trigger above.
    "replace": f"BEFORE INSERT ON {TABLE} WHEN EXISTS (SELECT 1 FROM {TABLE} AS old WHERE "  # noqa: S608
    "old.id = NEW.id OR old.public_id = NEW.public_id OR old.number = NEW.number "
    "OR old.check_code = NEW.check_code OR (old.year = NEW.year AND old.serial = NEW.serial))",
}
POSTGRES_GUARDS = {
    "update": f"BEFORE UPDATE ON {TABLE} FOR EACH ROW WHEN ({CHANGED})",
    "delete": f"BEFORE DELETE ON {TABLE} FOR EACH ROW",
    "truncate": f"BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT",
}
Statements = dict[str, list[str]]

GUARD: Statements = {
    "sqlite": [
        f"CREATE TRIGGER {NAME}_{verb} {when} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        for verb, when in SQLITE_GUARDS.items()
    ],
    "postgresql": [
        f"CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'restrict_violation'; END $$",
        *(
            statement
            for verb, when in POSTGRES_GUARDS.items()
            for statement in (
                f"CREATE TRIGGER {NAME}_{verb} {when} EXECUTE FUNCTION {NAME}()",
                f"ALTER TABLE {TABLE} ENABLE ALWAYS TRIGGER {NAME}_{verb}",
            )
        ),
    ],
}
LIFT: Statements = {
    "sqlite": [f"DROP TRIGGER {NAME}_{verb}" for verb in SQLITE_GUARDS],
    "postgresql": [
        *(f"DROP TRIGGER {NAME}_{verb} ON {TABLE}" for verb in POSTGRES_GUARDS),
        f"DROP FUNCTION {NAME}()",
    ],
}


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


def certificates_are_final() -> migrations.RunPython:
    """Refuse any other change to a certificate, and its deletion."""
    return migrations.RunPython(_run(GUARD), _run(LIFT))


def files_have_their_proof() -> migrations.RunPython:
    """Refuse a file without its proof in the log, and a proof without its file."""
    return migrations.RunPython(_run(PROOF_GUARD), _run(PROOF_LIFT))


def _run(statements: Statements) -> Callable[[Any, BaseDatabaseSchemaEditor], None]:
    def execute(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in statements[editor.connection.vendor]:
            editor.execute(statement, params=None)

    return execute
