"""The application's own account on PostgreSQL: everything works as before, and the ledger can only be added to."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from types import SimpleNamespace

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.utils.module_loading import import_string

from accreditation.models import Application
from accreditation.services import offices, tasks
from accreditation.services.erasure import Order, erase_by_order
from accreditation.states import State
from certificates.models import Certificate
from tests import factories as make
from tests.accreditation.audit.conftest import NOW
from workflows.ledger.roles import guarded
from workflows.models import Checkpoint, Leaf, Told
from workflows.refusals import NotPermitted

ROLE = "wuhao_app"
LEDGER = {
    "workflows_event", "workflows_eventpayload", "workflows_leaf", "workflows_node", "workflows_checkpoint",
    "workflows_cosignature", "accreditation_revision", "accreditation_rubric", "accreditation_sitevisit",
    "accreditation_sitevisitphoto", "certificates_ending", "certificates_layout", "certificates_design",
}  # fmt: skip


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("ledger_roles", *arguments, stdout=out)
    return out.getvalue()


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def acting_as_application() -> Iterator[None]:
    sql(f"SET ROLE {ROLE}")
    yield
    sql("RESET ROLE")


@pytest.fixture
def role() -> str:
    sql(f"CREATE ROLE {ROLE} LOGIN")  # undone with the test
    return ROLE


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_whole_application_is_worked_to_its_certificate_by_an_account_that_can_only_add(role: str) -> None:
    run("--role", role, "--apply")
    with acting_as_application():
        application = make.application_in(State.NAMED)
        make.application_in(State.WITHDRAWN, leader_name="张毅")
        at = application.state_since
        for _round in range(3):  # what is due waits for what was done before
            for duty in settings.DUE_WORK:
                import_string(duty)(at)
        reviewed = make.application_in(State.DISTRICT_REVIEW, leader_name="周亚平")
        tasks.claim(reviewed, by=make.cast().district_decider, at=NOW)
        assert Application.objects.filter(state=State.NAMED).count() == 1
        assert Certificate.objects.get().is_ready
        assert Checkpoint.objects.exists()
        assert Told.objects.exists()
        assert Leaf.objects.exists()
        for table, verbs in guarded().items():
            column = column_of(table)
            told = {"UPDATE": f"UPDATE {table} SET {column} = {column}", "DELETE": f"DELETE FROM {table}"}
            for verb in verbs:
                refuses(told[verb])


@pytest.mark.postgres
@pytest.mark.django_db
def test_erasing_is_for_the_owner_of_the_tables(role: str) -> None:
    manager = make.member(make.city(), "manage", username="manager")
    person = offices.create_user(username="gone", name="罗秀兰", password=None)
    run("--role", role, "--apply")
    with acting_as_application(), pytest.raises(NotPermitted, match="改用数据库所有者的账号"):
        erase_by_order(Order(ground="甲", person=person), by=manager, at=NOW)
    erase_by_order(Order(ground="甲", person=person), by=manager, at=NOW)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_who_signs_in_as_the_application_can_neither_change_the_ledger_nor_lift_its_triggers() -> None:
    sql(f"CREATE ROLE {ROLE} LOGIN")
    try:
        run("--role", ROLE, "--apply")
        run("--role", ROLE, "--apply")
        given = connection.get_connection_params()
        with psycopg.connect(**{**plain(given), "user": ROLE, "autocommit": True}) as own:
            for statement in forbidden():
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    own.execute(statement)
            own.execute("SELECT count(*) FROM workflows_event")
    finally:
        sql(f"DROP OWNED BY {ROLE}")
        sql(f"DROP ROLE {ROLE}")


@pytest.mark.postgres
@pytest.mark.django_db
def test_what_the_database_guards_is_the_ledger_and_what_it_speaks_of() -> None:
    assert {table for table, verbs in guarded().items() if "UPDATE" in verbs} == LEDGER
    assert guarded()["certificates_certificate"] == ("DELETE",)


@pytest.mark.postgres
@pytest.mark.django_db
def test_without_apply_it_only_prints(role: str) -> None:
    told = run("--role", role)
    assert 'REVOKE UPDATE, DELETE ON "public"."workflows_event" FROM "wuhao_app";' in told
    with acting_as_application():
        refuses("SELECT 1 FROM workflows_event")


@pytest.mark.postgres
@pytest.mark.django_db
def test_accounts_that_no_grant_binds_are_refused(role: str) -> None:
    with pytest.raises(CommandError, match="there is no role nobody"):
        run("--role", "nobody")
    with pytest.raises(CommandError, match="is a superuser"):
        run("--role", connection.settings_dict["USER"] or "postgres", "--apply")
    sql("CREATE ROLE editors")
    sql(f"GRANT editors TO {role}")
    sql("GRANT DELETE ON workflows_leaf TO editors")
    with pytest.raises(CommandError, match="still has DELETE on workflows_leaf"):
        run("--role", role, "--apply")
    sql("CREATE ROLE owners")
    sql("GRANT CREATE ON SCHEMA public TO owners")
    sql("ALTER TABLE workflows_event OWNER TO owners")
    sql(f"GRANT owners TO {role}")
    with pytest.raises(CommandError, match="owns the tables, or is a member of who does"):
        run("--role", role, "--apply")


def test_on_sqlite_it_says_what_there_is_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in = SimpleNamespace(vendor="sqlite")
    monkeypatch.setattr("workflows.management.commands.ledger_roles.connection", stand_in)
    with pytest.raises(CommandError, match="SQLite, which knows no accounts"):
        run("--role", ROLE, "--apply")


def refuses(statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        sql(statement)


def column_of(table: str) -> str:
    return connection.ops.quote_name(
        connection.introspection.get_primary_key_column(connection.cursor(), table)
    )


def forbidden() -> Iterator[str]:
    for table in sorted(LEDGER):
        column = column_of(table)
        yield f"UPDATE {table} SET {column} = {column}"
        yield f"DELETE FROM {table}"
        yield f"TRUNCATE {table} CASCADE"
        ours = "is_final" if table.startswith("certificates_") else "append_only"
        trigger = f"{table}_{ours}_update" if ours == "is_final" else f"{table}_{ours}"
        yield f"ALTER TABLE {table} DISABLE TRIGGER {trigger}"
        yield f"DROP TRIGGER {trigger} ON {table}"
        yield f"SELECT 1 FROM {table} FOR UPDATE"
        yield f"CREATE TRIGGER mine BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_{ours}()"
    yield "DELETE FROM certificates_certificate"
    yield "ALTER TABLE accreditation_application DISABLE TRIGGER ALL"
    yield "SET session_replication_role = replica"
    yield "CREATE TABLE workflows_mine (id int)"
    yield "CREATE TEMPORARY TABLE workflows_event (id int)"
    yield "CREATE SCHEMA mine"
    yield "CREATE OR REPLACE FUNCTION workflows_event_append_only() RETURNS trigger LANGUAGE plpgsql AS '' "


def plain(given: dict) -> dict:
    return {name: given[name] for name in ("dbname", "host", "port", "password") if given.get(name)}
